//! Database.

use std::{str::FromStr as _, sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use sqlx::{
    Sqlite, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::settings::Settings;

/// Kind of database.
pub type Db = Sqlite;

/// Transaction of a request: committed if the request succeeds, and otherwise rolled back.
pub type Tx = inject_runtime::tx::Tx<Db>;

// Cargo does not notice new files in the folder: save this file after adding one.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Opens the database, and runs the migrations.
///
/// # Errors
///
/// The database cannot be opened, or its migrations are those of another version of the program.
pub async fn connect(settings: Arc<Settings>) -> Result<SqlitePool, sqlx::Error> {
    let settings = &settings.database;
    let url = settings.url.expose_secret();
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(3));
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(Duration::from_secs(settings.acquire_timeout_seconds));
    let pool = if url.contains(":memory:") {
        // In memory, each connection has a database of its own.
        pool.max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    } else {
        pool.max_connections(settings.max_connections)
    };
    let pool = pool.connect_with(options).await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}
