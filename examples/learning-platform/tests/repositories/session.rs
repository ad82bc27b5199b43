//! Tests of the transaction of a request.

use learning_platform::db::{Kind, Tx};
use secrecy::ExposeSecret as _;

use crate::{on_each_database, support::Database};

on_each_database! {
    /// In PostgreSQL, a commit after a failed statement is a rollback that is reported as a success; the unit of work
    /// reports an error. In SQLite, a failed statement undoes only itself.
    async fn a_commit_that_rolls_back_is_an_error(db: Database) {
        let insert = "INSERT INTO users (email, name, role, password_hash, created_at) VALUES ('a@b', 'A', 'student', '', 0)";
        let mut tx = Tx::begin(&db.pool).await.unwrap();
        sqlx::query(insert).execute(&mut tx).await.unwrap();
        sqlx::query(insert).execute(&mut tx).await.unwrap_err();
        let committed = tx.commit().await;
        let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&db.pool).await.unwrap();
        assert_eq!(users, i64::from(committed.is_ok()), "{committed:?}");
        let is_sqlite = Kind::from_url(db.settings.database.url.expose_secret()) == Kind::Sqlite;
        assert_eq!(committed.is_ok(), is_sqlite);
    }
}
