//! Start of several programs on one SQLite file.

use std::time::Duration;

use backon::{ConstantBuilder, Retryable as _};
use sqlx::{
    Connection as _, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

/// Interval at which a program tries to open a file that another one is opening, and the number of attempts.
const INTERVAL: Duration = Duration::from_millis(50);
const ATTEMPTS: usize = 200;

/// Opens a file, creates it if it does not exist, and switches it to a write-ahead log, which is a property of the
/// file.
///
/// The switch fails at once if another connection uses the file, whatever the busy timeout is. It is therefore tried
/// again.
///
/// # Errors
///
/// Returns an error if the file cannot be opened, or is in use for too long.
pub(crate) async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let options = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    (async || SqliteConnection::connect_with(&options).await)
        .retry(ConstantBuilder::new().with_delay(INTERVAL).with_max_times(ATTEMPTS))
        .when(is_locked)
        .await
}

/// Runs migrations in one transaction that takes the write lock first: sqlx does not lock SQLite, and two programs
/// would both run a migration that neither finds applied.
///
/// # Errors
///
/// Returns an error if a migration fails. The database is then unchanged.
pub(crate) async fn migrate(
    migrations: &Migrator,
    connection: &mut SqliteConnection,
) -> Result<(), MigrateError> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    migrations.run_direct(None, &mut *tx, false).await?;
    Ok(tx.commit().await?)
}

/// Whether another connection has locked the file.
fn is_locked(error: &sqlx::Error) -> bool {
    // The low byte of a code is the primary result code: 5 is busy, 6 is locked.
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}
