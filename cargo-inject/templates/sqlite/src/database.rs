//! Database.

use std::{borrow::Cow, str::FromStr as _, sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use sqlx::{
    Connection as _, Sqlite, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::settings::Settings;

/// Kind of database.
pub type Db = Sqlite;

/// Transaction of a request: committed if the request succeeds, and otherwise rolled back.
///
/// In a request that may write, by its method, it takes the lock for writing when it begins, and waits for it. A transaction that
/// takes the lock at its first write fails if another request has written since its first read.
pub type Tx = inject_runtime::tx::Tx<Db>;

/// Code of SQLite for a locked file.
const BUSY: Cow<'_, str> = Cow::Borrowed("5");

/// Time to wait for the lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

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
        .busy_timeout(BUSY_TIMEOUT);
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(Duration::from_secs(settings.acquire_timeout_seconds));
    let pool = if url.contains(":memory:") {
        // In memory, each connection has a database of its own.
        pool.max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    } else {
        create(&options).await?;
        pool.max_connections(settings.max_connections)
    };
    let pool = pool.connect_with(options).await?;
    migrate(&pool).await?;
    Ok(pool)
}

/// Creates the file with a write-ahead log, so that readers do not wait for a writer. The switch to the log does not wait for other
/// programs that open the file, so it is tried again.
async fn create(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let options = options.clone().journal_mode(SqliteJournalMode::Wal);
    let mut attempts = 0;
    loop {
        match SqliteConnection::connect_with(&options).await {
            Err(sqlx::Error::Database(error)) if error.code() == Some(BUSY) && attempts < 100 => {
                attempts += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            connection => return connection?.close().await,
        }
    }
}

/// Runs the migrations in one transaction, which takes the lock, so that other programs that start at the same time wait for them.
async fn migrate(pool: &SqlitePool) -> Result<(), MigrateError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS.run_direct(None, &mut *tx, false).await?;
    Ok(tx.commit().await?)
}
