//! What notes are.

use sqlx::FromRow;

/// A note.
#[derive(Clone, Debug, FromRow)]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// What it says.
    pub text: String,
}
