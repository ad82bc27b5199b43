//! 9. Errors, as clients see them: RFC 9457, `application/problem+json`.

use axum::{
    extract::rejection::{JsonRejection, PathRejection},
    http::StatusCode,
};
use inject_runtime::{Problem, ToProblem};

use crate::{repository::StorageError, service::BookError};

/// Everything that can be wrong with a request, or with us.
///
/// Each says what it looks like from outside. A bare `detail` is the text of the error itself; what is behind an error, its `source`,
/// is for the log alone.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ApiError {
    /// There is no such book.
    #[error("there is no book {0}")]
    #[problem(status = 404, detail)]
    UnknownBook(i64),
    /// A field has a value that is not allowed.
    #[error("`{field}` {problem}")]
    #[problem(status = 422, detail)]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The database is busy, or away.
    #[error("the database is not available")]
    #[problem(status = 503, detail = "this is not your fault, please try again later")]
    Unavailable(#[source] StorageError),
    /// The database did not do what it was asked.
    #[error("the database failed")]
    #[problem(status = 500, detail = "this is not your fault, please try again later")]
    Failed(#[source] StorageError),
    /// The body is not what it should be.
    #[error(transparent)]
    #[problem(transparent)]
    Body(#[from] BadBody),
    /// The path has a parameter that is not what it should be. axum's text has the name of the Rust type in it.
    #[error(transparent)]
    #[problem(status = 400, detail = "the id in the path must be a whole number")]
    Path(#[from] PathRejection),
    /// There is nothing at that path.
    #[error("there is nothing here")]
    #[problem(status = 404, detail)]
    UnknownPath,
    /// There is something at that path, but it cannot do that.
    #[error("this method cannot be used here")]
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

/// A body that is not the JSON we ask for: axum knows the status, and what to say.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadBody(JsonRejection);

impl ToProblem for BadBody {
    fn to_problem(&self) -> Problem {
        let status: StatusCode = self.0.status();
        Problem::new(status).with_detail(self.0.body_text())
    }
}
