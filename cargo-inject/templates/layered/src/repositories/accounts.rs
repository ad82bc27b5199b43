//! Accounts, for authentication.

use inject_runtime::repository;
use sqlx::Pool;

use crate::{database::Db, models::User};

/// Repository that finds accounts for authentication, outside of the transaction of the request: a request that is not let in begins none,
/// and a login begins none before its password is verified.
#[repository]
pub struct AccountRepository {
    pool: Pool<Db>,
}

impl AccountRepository {
    pub(crate) async fn with_email(&self, email: &str) -> sqlx::Result<Option<User>> {
        let query = sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email);
        query.fetch_optional(&self.pool).await
    }

    pub(crate) async fn of_session(&self, digest: &[u8], now: i64) -> sqlx::Result<Option<User>> {
        let query = "SELECT users.* FROM users JOIN sessions ON sessions.user_id = users.id
            WHERE sessions.token_digest = $1 AND sessions.expires_at > $2";
        let query = sqlx::query_as(query).bind(digest).bind(now);
        query.fetch_optional(&self.pool).await
    }
}
