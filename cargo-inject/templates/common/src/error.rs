//! Errors, and what a client reads of them: RFC 9457, `application/problem+json`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use inject_runtime::Problem;

/// Why there is no answer. A bare `detail` is the text of the error; what is behind it is for the log alone.
#[derive(Debug, thiserror::Error, Problem)]
pub enum Error {
    /// There is no such thing, or none that the caller may know of.
    #[error("there is no {what} {id}")]
    #[problem(status = 404, detail)]
    NotFound {
        /// "note"
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// It cannot be done, as things are.
    #[error("{0}")]
    #[problem(status = 409, detail)]
    Conflict(&'static str),
    /// Nobody with these credentials.
    #[error("these credentials are not valid")]
    #[problem(status = 401, detail, challenge = "Bearer")]
    Credentials,
    /// Fields have values that are not allowed.
    #[error("{0}")]
    #[problem(status = 422, detail)]
    Invalid(garde::Report),
    /// The body is not what it should be.
    #[error("the body is not what it should be: {}", .0.body_text())]
    #[problem(status = 400, detail)]
    Body(#[from] JsonRejection),
    /// A parameter in the path is not what it should be.
    #[error("a parameter in the path is not what it should be")]
    #[problem(status = 400, detail)]
    Path(#[from] PathRejection),
    /// A parameter in the query is not what it should be.
    #[error("a parameter in the query is not what it should be")]
    #[problem(status = 400, detail)]
    Query(#[from] QueryRejection),
    /// The database.
    #[error("the database failed")]
    #[problem(status = 500)]
    Storage(#[from] sqlx::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    #[problem(status = 500)]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
}
