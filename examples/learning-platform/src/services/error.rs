//! What can go wrong in a service.

use std::time::Duration;

use crate::repositories::StorageError;

/// Why a service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing, or none that the caller may know of.
    #[error("there is no {what} {id}")]
    NotFound {
        /// "chapter"
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// Something has a value that is not allowed.
    #[error("some fields are not as they should be")]
    Invalid(Vec<FieldError>),
    /// It cannot be done, as things are.
    #[error("{0}")]
    Conflict(&'static str),
    /// This one may not do that.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Nobody with these credentials, whatever it is that is wrong with them.
    #[error("these credentials are not valid")]
    Credentials,
    /// Too often.
    #[error("too many attempts")]
    TooMany {
        /// When to come back.
        retry_after: Duration,
    },
    /// Another service that we depend on did not do its part.
    #[error("{service} did not answer as it should")]
    Upstream {
        /// What it is to us: "the chat model".
        service: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What should not happen.
    #[error("{doing} failed")]
    Internal {
        /// "hashing a password"
        doing: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// As in the JSON: `sections[2].title`.
    pub field: String,
    /// "length is lower than 1"
    pub problem: String,
}
