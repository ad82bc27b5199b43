//! Errors of the feature, and their responses.

use inject_runtime::Problem;

/// Error of the [`UserService`](super::UserService).
#[derive(Debug, thiserror::Error, Problem)]
pub enum UserError {
    /// The user does not exist.
    #[error("there is no user {0}")]
    #[problem(status = 404, detail)]
    Unknown(i64),
    /// Another user has that name.
    #[error("the name is taken")]
    #[problem(status = 409, detail)]
    Taken,
    /// The name is empty or too long.
    #[error("`name` must have from 1 to 40 characters")]
    #[problem(status = 422, detail)]
    Name,
    /// The database failed.
    #[error("the database failed")]
    Storage(#[from] sqlx::Error),
}
