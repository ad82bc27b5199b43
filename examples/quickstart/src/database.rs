//! 3. The database: a connection pool over embedded `SQLite`, migrated before it is injected anywhere.

use std::{path::PathBuf, sync::Arc, time::Duration};

use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::settings::{DATABASE, Settings};

// `migrate!` embeds the files in the program. Cargo does not detect new migration files: save this file after you add one.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Maximum time that a writer waits for another writer, and a request for a connection. Clients wait longer.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Error returned when the database cannot be opened or migrated.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database cannot be opened.
    #[error("cannot open {path:?} (choose another path with {DATABASE})")]
    Open {
        /// Path of the database file.
        path: PathBuf,
        /// Error of `SQLite`.
        source: sqlx::Error,
    },
    /// The database cannot be migrated.
    #[error("cannot migrate {path:?}")]
    Migrate {
        /// Path of the database file.
        path: PathBuf,
        /// Error of `sqlx`.
        source: MigrateError,
    },
}

/// Opens the database that the settings name. This is the factory of `App::pool`.
///
/// The parameters of a factory are injected. A factory can be async and can return an error.
///
/// # Errors
///
/// Returns an error if the file cannot be opened or created, is not a database, or belongs to another version of the program.
pub async fn connect(settings: Arc<Settings>) -> Result<SqlitePool, ConnectError> {
    let path = settings.database.clone();
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        // Readers do not wait for the writer.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(MAX_WAIT);
    let pool = SqlitePoolOptions::new().acquire_timeout(MAX_WAIT).connect_with(options).await;
    let pool = match pool {
        Ok(pool) => pool,
        Err(source) => return Err(ConnectError::Open { path, source }),
    };
    match MIGRATIONS.run(&pool).await {
        Ok(()) => Ok(pool),
        Err(source) => Err(ConnectError::Migrate { path, source }),
    }
}

/// Opens a new database in memory, for tests.
///
/// # Errors
///
/// Returns an error only if `SQLite` itself fails.
pub async fn in_memory() -> Result<SqlitePool, MigrateError> {
    // One connection, because each connection to `:memory:` has its own database.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}
