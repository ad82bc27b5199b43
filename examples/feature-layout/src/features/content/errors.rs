//! What can go wrong, and what a client reads of it.

use inject_runtime::Problem;

use crate::features::users::UserError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ContentError {
    /// There is no such article.
    #[error("there is no article {0}")]
    #[problem(status = 404, detail)]
    Unknown(i64),
    /// An article without a heading or a text.
    #[error("`title` and `body` must not be blank")]
    #[problem(status = 422, detail)]
    Blank,
    /// What the other feature says.
    #[error(transparent)]
    #[problem(transparent)]
    User(#[from] UserError),
    /// The database.
    #[error("the database failed")]
    Storage(#[from] sqlx::Error),
}
