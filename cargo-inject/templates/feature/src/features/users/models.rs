//! What users are.

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
