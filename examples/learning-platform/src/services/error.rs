//! Errors of the services.

use std::time::Duration;

use crate::repositories::StorageError;

/// Error returned when a service fails.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The resource does not exist or is not visible to the caller.
    #[error("there is no {kind} {id}")]
    NotFound {
        /// Kind of the resource, such as "chapter".
        kind: &'static str,
        /// Id of the resource.
        id: i64,
    },
    /// Fields have invalid values.
    #[error("some fields have invalid values")]
    Invalid(Vec<FieldError>),
    /// The request conflicts with the current state.
    #[error("{0}")]
    Conflict(&'static str),
    /// The user is not allowed to do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The credentials are invalid. The error does not state the reason.
    #[error("these credentials are not valid")]
    Credentials,
    /// A rate limit is exceeded.
    #[error("too many attempts")]
    TooMany {
        /// Time to wait before the next attempt.
        retry_after: Duration,
    },
    /// Too many requests need the same slow operation.
    #[error("{doing} takes too long")]
    Busy {
        /// Operation whose queue is full, such as "hashing a password".
        doing: &'static str,
        /// Time to wait before the next attempt.
        retry_after: Duration,
    },
    /// An external service failed.
    #[error("{service} failed")]
    Upstream {
        /// Purpose of the service, such as "the chat model".
        service: &'static str,
        /// Cause of the failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An internal error occurred.
    #[error("{doing} failed")]
    Internal {
        /// Operation that failed, such as "hashing a password".
        doing: &'static str,
        /// Cause of the failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Invalid field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field in the JSON, such as `sections[2].title`.
    pub field: String,
    /// Violated rule, such as "length is lower than 1".
    pub problem: String,
}
