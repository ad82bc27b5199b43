//! Users that exist only in the database, without a valid password.

use jiff::Timestamp;
use learning_platform::{core::security::UserRole, models::user::User};

use super::Database;

/// Inserts a user with that name.
pub async fn insert_user(db: &Database, name: &str, role: UserRole, grade_level: Option<i64>) -> User {
    let created_at = Timestamp::from_second(1_700_000_000).expect("a time");
    let (email, password_hash) = (format!("{name}@example.org"), "none".to_owned());
    let query = "INSERT INTO users (email, name, role, grade_level, password_hash, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let id = sqlx::query_scalar(query)
        .bind(&*email)
        .bind(name)
        .bind(role.as_str())
        .bind(grade_level)
        .bind(&*password_hash)
        .bind(created_at.as_second())
        .fetch_one(&db.pool)
        .await
        .expect("the name is unique");
    let name = name.to_owned();
    User { id, email, name, role, grade_level, password_hash, created_at, deactivated_at: None }
}
