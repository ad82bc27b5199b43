//! Models of users.

use sqlx::FromRow;

/// User with an account.
#[derive(Clone, Debug, FromRow)]
pub struct User {
    /// Id.
    pub id: i64,
    /// Address in lower case.
    pub email: String,
    /// Argon2id hash in the PHC string format.
    pub password_hash: String,
    /// `admin` or `member`.
    pub role: String,
}
