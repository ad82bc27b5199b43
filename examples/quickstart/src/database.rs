//! 3. The database: a pool over an embedded `SQLite`, brought up to date before anyone gets it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::settings::{DATABASE, Settings};

// The files are part of the program. Cargo does not notice a new one: save this file after adding it.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// The database could not be opened, or not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It could not be opened.
    #[error("cannot open {path:?} (choose another path with {DATABASE})")]
    Open {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: sqlx::Error,
    },
    /// It could not be migrated.
    #[error("cannot bring {path:?} up to date")]
    Migrate {
        /// The file.
        path: PathBuf,
        /// What `sqlx` says.
        source: MigrateError,
    },
}

/// Opens the database that the settings name: the factory of `App::pool`.
///
/// The parameters of a factory are injected; async and fallible is fine.
///
/// # Errors
///
/// The file cannot be opened or created, is not a database, or comes from another version of the program.
pub async fn connect(settings: Arc<Settings>) -> Result<SqlitePool, ConnectError> {
    let path = settings.database.clone();
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        // Readers do not wait for the writer.
        .journal_mode(SqliteJournalMode::Wal)
        // How long a writer waits for another one. Clients should have their answer before they lose patience.
        .busy_timeout(Duration::from_secs(2));
    let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(2)).connect_with(options).await;
    let pool = match pool {
        Ok(pool) => pool,
        Err(source) => return Err(ConnectError::Open { path, source }),
    };
    match MIGRATIONS.run(&pool).await {
        Ok(()) => Ok(pool),
        Err(source) => Err(ConnectError::Migrate { path, source }),
    }
}

/// A new database in memory, for tests.
///
/// # Errors
///
/// Only if `SQLite` is broken.
pub async fn in_memory() -> Result<SqlitePool, MigrateError> {
    // One connection, since each has a database of its own.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}
