//! Connection pool.

use sqlx::{SqlitePool, migrate::MigrateError, sqlite::SqlitePoolOptions};

/// Opens a new database in memory. This example shows a layout, so it persists nothing.
///
/// # Errors
///
/// Returns an error only if `SQLite` itself fails.
pub async fn connect() -> Result<SqlitePool, MigrateError> {
    // One connection that is never closed, because each connection to `:memory:` has its own database.
    let options = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    let pool = options.connect("sqlite::memory:").await?;
    sqlx::migrate!().run(&pool).await?;
    Ok(pool)
}
