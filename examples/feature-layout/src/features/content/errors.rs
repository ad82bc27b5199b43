//! Errors of the feature, and their responses.

use inject_runtime::Problem;

use crate::features::users::UserError;

/// Error of the [`ContentService`](super::ContentService).
#[derive(Debug, thiserror::Error, Problem)]
pub enum ContentError {
    /// The article does not exist.
    #[error("there is no article {0}")]
    #[problem(status = 404, detail)]
    Unknown(i64),
    /// The title or the body of the article is blank.
    #[error("`title` and `body` must not be blank")]
    #[problem(status = 422, detail)]
    Blank,
    /// The feature `users` returned an error.
    #[error(transparent)]
    #[problem(transparent)]
    User(#[from] UserError),
    /// The database failed.
    #[error("the database failed")]
    Storage(#[from] sqlx::Error),
}
