//! Errors, and their responses: RFC 9457, `application/problem+json`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use inject_runtime::Problem;

/// Error of a request. `detail` sends the text of the error to the client; its sources appear in the log only.
#[derive(Debug, thiserror::Error, Problem)]
pub enum Error {
    /// The item does not exist, or the caller must not know that it exists.
    #[error("there is no {what} {id}")]
    #[problem(status = 404, detail)]
    NotFound {
        /// "note"
        what: &'static str,
        /// Id.
        id: i64,
    },
    /// The request conflicts with the present state.
    #[error("{0}")]
    #[problem(status = 409, detail)]
    Conflict(&'static str),
    /// No account has these credentials.
    #[error("these credentials are not valid")]
    #[problem(status = 401, detail, challenge = "Bearer")]
    Credentials,
    /// Fields have invalid values.
    #[error("{0}")]
    #[problem(status = 422, detail)]
    Invalid(garde::Report),
    /// The body is invalid.
    #[error("the body is invalid: {}", .0.body_text())]
    #[problem(status = 400, detail)]
    Body(#[from] JsonRejection),
    /// A parameter in the path is invalid.
    #[error("a parameter in the path is invalid")]
    #[problem(status = 400, detail)]
    Path(#[from] PathRejection),
    /// A parameter in the query is invalid.
    #[error("a parameter in the query is invalid")]
    #[problem(status = 400, detail)]
    Query(#[from] QueryRejection),
    /// The database failed.
    #[error("the database failed")]
    #[problem(status = 500)]
    Storage(#[from] sqlx::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    #[problem(status = 500)]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
}
