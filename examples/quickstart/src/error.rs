//! 9. Error responses: RFC 9457, `application/problem+json`.

use axum::{
    extract::rejection::{JsonRejection, PathRejection},
    http::StatusCode,
};
use inject_runtime::{Problem, ToProblem};

use crate::{repository::StorageError, service::BookError};

/// Error of an endpoint: every way in which a request can fail.
///
/// Each variant states its response. `detail` without a value uses the text of the error itself. The `source` of an error goes to
/// the log only.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ApiError {
    /// The book does not exist.
    #[error("there is no book {0}")]
    #[problem(status = 404, detail)]
    UnknownBook(i64),
    /// A field has an invalid value.
    #[error("`{field}` {problem}")]
    #[problem(status = 422, detail)]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// Rule that the value violates.
        problem: &'static str,
    },
    /// The database is busy or unavailable.
    #[error("the database is not available")]
    #[problem(status = 503, detail = "the server cannot process the request, try again later")]
    Unavailable(#[source] StorageError),
    /// The database returned an error.
    #[error("the database failed")]
    #[problem(status = 500, detail = "the server cannot process the request, try again later")]
    Failed(#[source] StorageError),
    /// The request body is invalid.
    #[error(transparent)]
    #[problem(transparent)]
    Body(#[from] BadBody),
    /// A path parameter is invalid. The detail is fixed, because the text of axum contains the name of the Rust type.
    #[error(transparent)]
    #[problem(status = 400, detail = "the id in the path must be an integer")]
    Path(#[from] PathRejection),
    /// No route matches the path.
    #[error("there is no resource at this path")]
    #[problem(status = 404, detail)]
    UnknownPath,
    /// A route matches the path, but not the method.
    #[error("the resource does not support this method")]
    #[problem(status = 405, detail)]
    WrongMethod,
}

impl From<BookError> for ApiError {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Unknown(id) => Self::UnknownBook(id),
            BookError::Invalid { field, problem } => Self::Invalid { field, problem },
            BookError::Storage(error @ StorageError::Unavailable(_)) => Self::Unavailable(error),
            BookError::Storage(error @ StorageError::Failed(_)) => Self::Failed(error),
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::Body(BadBody(rejection))
    }
}

/// Error returned when the body is not valid JSON for the expected type. axum supplies the status and the detail.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadBody(JsonRejection);

impl ToProblem for BadBody {
    fn to_problem(&self) -> Problem {
        let status: StatusCode = self.0.status();
        Problem::new(status).with_detail(self.0.body_text())
    }
}
