//! What the application is about.

use sqlx::FromRow;

/// Somebody with an account.
#[derive(Clone, Debug, FromRow)]
pub struct User {
    /// Its number.
    pub id: i64,
    /// In lower case.
    pub email: String,
    /// Argon2id, in the PHC string format.
    pub password_hash: String,
    /// `admin` or `member`.
    pub role: String,
}

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
