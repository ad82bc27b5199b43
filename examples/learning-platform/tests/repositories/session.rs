//! The transaction of a request.

use learning_platform::db::{Kind, Tx};
use secrecy::ExposeSecret as _;

use crate::{on_each_database, support::Database};

on_each_database! {
    /// PostgreSQL takes the commit of a transaction in which a statement has failed for a rollback, and calls it a success. We do not. In
    /// SQLite a statement that fails undoes itself alone.
    async fn what_is_not_committed_is_not_called_committed(db: Database) {
        let insert = "INSERT INTO users (email, name, role, password_hash, created_at) VALUES ('a@b', 'A', 'student', '', 0)";
        let mut tx = Tx::begin(&db.pool).await.unwrap();
        sqlx::query(insert).execute(&mut *tx.acquire().await.unwrap()).await.unwrap();
        sqlx::query(insert).execute(&mut *tx.acquire().await.unwrap()).await.unwrap_err();
        let committed = tx.commit().await;
        let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&db.pool).await.unwrap();
        assert_eq!(users, i64::from(committed.is_ok()), "{committed:?}");
        let is_sqlite = Kind::of(db.settings.database.url.expose_secret()) == Kind::Sqlite;
        assert_eq!(committed.is_ok(), is_sqlite);
    }
}
