//! SQL for users.

use inject_runtime::{repository, tx::Tx};
use sqlx::Sqlite;

use super::models::User;

#[repository(scope = request)]
pub(super) struct UserRepository {
    tx: Tx<Sqlite>,
}

impl UserRepository {
    pub(super) async fn insert(&mut self, name: &str, token_digest: &[u8]) -> sqlx::Result<User> {
        let query = "INSERT INTO users (name, token_digest) VALUES (?, ?) RETURNING id, name";
        sqlx::query_as(query).bind(name).bind(token_digest).fetch_one(&mut self.tx).await
    }

    pub(super) async fn find(&mut self, id: i64) -> sqlx::Result<Option<User>> {
        let query = sqlx::query_as("SELECT id, name FROM users WHERE id = ?").bind(id);
        query.fetch_optional(&mut self.tx).await
    }

    pub(super) async fn find_by_token(&mut self, token_digest: &[u8]) -> sqlx::Result<Option<User>> {
        let query = sqlx::query_as("SELECT id, name FROM users WHERE token_digest = ?").bind(token_digest);
        query.fetch_optional(&mut self.tx).await
    }
}
