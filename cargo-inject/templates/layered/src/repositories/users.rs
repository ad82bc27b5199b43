//! Accounts.

use inject_runtime::repository;

use crate::{database::Tx, models::User};

/// Repository of accounts. An instance exists for one request, and uses the transaction of the request, as the other repositories do.
#[repository(scope = request)]
pub struct UserRepository {
    tx: Tx,
}

impl UserRepository {
    pub(crate) async fn insert(
        &mut self,
        email: &str,
        password_hash: &str,
        role: &str,
    ) -> sqlx::Result<User> {
        let query =
            "INSERT INTO users (email, password_hash, role) VALUES ($1, $2, $3) RETURNING *";
        let query = sqlx::query_as(query)
            .bind(email)
            .bind(password_hash)
            .bind(role);
        query.fetch_one(&mut self.tx).await
    }

    pub(crate) async fn list(&mut self, limit: i64, offset: i64) -> sqlx::Result<Vec<User>> {
        let query = sqlx::query_as("SELECT * FROM users ORDER BY id LIMIT $1 OFFSET $2")
            .bind(limit)
            .bind(offset);
        query.fetch_all(&mut self.tx).await
    }
}
