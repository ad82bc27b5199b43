//! All SQL.

use inject_runtime::repository;
use sqlx::Pool;

use crate::{
    database::{Db, Tx},
    models::{Note, User},
};

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

/// Repository of sessions, by the digests of their tokens.
#[repository(scope = request)]
pub struct SessionRepository {
    tx: Tx,
}

impl SessionRepository {
    pub(crate) async fn insert(
        &mut self,
        digest: &[u8],
        user_id: i64,
        expires_at: i64,
    ) -> sqlx::Result<()> {
        let query = "INSERT INTO sessions (token_digest, user_id, expires_at) VALUES ($1, $2, $3)";
        let query = sqlx::query(query)
            .bind(digest)
            .bind(user_id)
            .bind(expires_at);
        query.execute(&mut self.tx).await?;
        Ok(())
    }

    pub(crate) async fn remove(&mut self, digest: &[u8]) -> sqlx::Result<()> {
        let query = sqlx::query("DELETE FROM sessions WHERE token_digest = $1").bind(digest);
        query.execute(&mut self.tx).await?;
        Ok(())
    }
}

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

/// Repository of notes.
#[repository(scope = request)]
pub struct NoteRepository {
    tx: Tx,
}

impl NoteRepository {
    pub(crate) async fn insert(&mut self, user_id: i64, text: &str) -> sqlx::Result<Note> {
        let query = sqlx::query_as("INSERT INTO notes (user_id, text) VALUES ($1, $2) RETURNING *");
        query.bind(user_id).bind(text).fetch_one(&mut self.tx).await
    }

    pub(crate) async fn find(&mut self, id: i64) -> sqlx::Result<Option<Note>> {
        let query = sqlx::query_as("SELECT * FROM notes WHERE id = $1").bind(id);
        query.fetch_optional(&mut self.tx).await
    }

    pub(crate) async fn of(
        &mut self,
        user_id: i64,
        limit: i64,
        offset: i64,
    ) -> sqlx::Result<Vec<Note>> {
        let query = sqlx::query_as(
            "SELECT * FROM notes WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
        );
        let query = query.bind(user_id).bind(limit).bind(offset);
        query.fetch_all(&mut self.tx).await
    }

    pub(crate) async fn remove(&mut self, id: i64) -> sqlx::Result<()> {
        let query = sqlx::query("DELETE FROM notes WHERE id = $1").bind(id);
        query.execute(&mut self.tx).await?;
        Ok(())
    }
}

/// Repository that checks the database.
#[repository]
pub struct HealthRepository {
    pool: Pool<Db>,
}

impl HealthRepository {
    pub(crate) async fn ping(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
