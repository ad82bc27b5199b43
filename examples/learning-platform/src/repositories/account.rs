//! Users, outside of any transaction: for the question who makes a request.

use inject_runtime::repository;
use sqlx::AnyPool;

use super::StorageError;
use crate::models::user::User;

/// Looks accounts up, each with one query and on whatever connection is free.
///
/// Not in the transaction of the request: SQLite refuses one that has read, and is to write, if somebody else has written in between. Every
/// request reads who makes it; so those that write would be refused whenever there are two of them.
#[repository]
pub struct AccountRepository {
    pool: AnyPool,
}

impl AccountRepository {
    /// The user with that number.
    pub async fn find(&self, id: i64) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    /// The user with that email, which is in lower case.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<User>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email);
        Ok(query.fetch_optional(&self.pool).await?)
    }
}
