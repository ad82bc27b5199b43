//! What can go wrong, and what a client reads of it.

use inject_runtime::Problem;

/// Why there is no answer.
#[derive(Debug, thiserror::Error, Problem)]
pub enum UserError {
    /// There is no such user.
    #[error("there is no user {0}")]
    #[problem(status = 404, detail)]
    Unknown(i64),
    /// Somebody else is called that.
    #[error("the name is taken")]
    #[problem(status = 409, detail)]
    Taken,
    /// A name that cannot be.
    #[error("`name` must have from 1 to 40 characters")]
    #[problem(status = 422, detail)]
    Name,
    /// The database.
    #[error("the database failed")]
    Storage(#[from] sqlx::Error),
}
