//! Tests of the schema that the migrations create.

use crate::{on_each_database, support::Database};

on_each_database! {
    /// The repositories rely on this constraint.
    async fn foreign_keys_are_enforced(db: Database) {
        let query = "INSERT INTO progress (user_id, chapter_id, percent, updated_at) VALUES (1, 1, 0, 0)";
        let error = sqlx::query(query).execute(&db.pool).await.unwrap_err();
        let error = error.as_database_error().expect("the database rejects the row");
        assert!(error.is_foreign_key_violation(), "{error}");
    }

    async fn email_addresses_are_unique(db: Database) {
        let query = "INSERT INTO users (email, name, role, password_hash, created_at) VALUES ('a@b', 'A', 'student', '', 0)";
        sqlx::query(query).execute(&db.pool).await.unwrap();
        let error = sqlx::query(query).execute(&db.pool).await.unwrap_err();
        let error = error.as_database_error().expect("the database rejects the row");
        assert!(error.is_unique_violation(), "{error}");
    }

    /// Migrations are idempotent.
    async fn a_database_can_be_opened_again(db: Database) {
        let again = learning_platform::db::connect(db.settings).await.unwrap();
        let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&again).await.unwrap();
        assert_eq!(users, 0);
        again.close().await;
    }
}
