//! Models of notes.

use sqlx::FromRow;

/// Note.
#[derive(Clone, Debug, FromRow)]
pub struct Note {
    /// Id.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// Text.
    pub text: String,
}
