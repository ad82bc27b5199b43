//! Repository of users for authentication, outside of the transaction of the request.

use inject_runtime::repository;
use sqlx::AnyPool;

use super::StorageError;
use crate::models::user::User;

/// Repository that looks up accounts, each with one query on any free connection.
///
/// It does not use the transaction of the request. If a transaction in SQLite reads first and writes later, the write
/// fails when another connection has written in between. Every request reads its user, so concurrent requests that
/// write would fail.
#[repository]
pub struct AccountRepository {
    pool: AnyPool,
}

impl AccountRepository {
    /// Returns the user with that id.
    pub async fn find(&self, id: i64) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    /// Returns the user with that email address, which must be in lower case.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email);
        Ok(query.fetch_optional(&self.pool).await?)
    }
}
