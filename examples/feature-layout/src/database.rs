//! The pool.

use sqlx::{SqlitePool, migrate::MigrateError, sqlite::SqlitePoolOptions};

/// A new database in memory: this is an example of a layout, and keeps nothing.
///
/// # Errors
///
/// Only if `SQLite` is broken.
pub async fn connect() -> Result<SqlitePool, MigrateError> {
    // One connection, which is never closed, since each has a database of its own.
    let options = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    let pool = options.connect("sqlite::memory:").await?;
    sqlx::migrate!().run(&pool).await?;
    Ok(pool)
}
