//! Database: SQLite or PostgreSQL, selected by the URL in the settings, with the same repositories on both.
//!
//! [`sqlx::Any`] does not translate SQL, so all SQL uses the common subset: parameters are `$1`, inserted rows are
//! returned with `RETURNING`, numbers are `BIGINT`, times are seconds. Only the migrations exist in two versions.

mod row;
pub(crate) mod sqlite;

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use sqlx::{
    Any, AnyPool, Connection as _, Executor as _,
    any::AnyPoolOptions,
    migrate::{MigrateError, Migrator},
    sqlite::SqliteConnectOptions,
};

pub(crate) use self::row::RowExt;
use crate::config::Settings;

/// Driver of either database.
pub type Db = Any;

/// Transaction of a request, which all of its repositories share.
pub type Tx = inject_runtime::tx::Tx<Db>;

/// Unit of work of a request: the end of its transaction, for services.
pub type UnitOfWork = inject_runtime::tx::UnitOfWork<Db>;

/// Unit of work of a request that only reads.
pub type ReadTx = inject_runtime::tx::ReadTx<Db>;

// `migrate!` embeds the files in the program. Cargo does not detect new migration files: save this file after you add
// one.
static SQLITE: Migrator = sqlx::migrate!("src/db/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("src/db/migrations/postgres");

/// Error returned when the database cannot be opened or migrated. It does not contain the URL, which may contain a
/// password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database cannot be opened.
    #[error("cannot open the database (choose another one with PLATFORM_DATABASE__URL)")]
    Open(#[source] sqlx::Error),
    /// The database cannot be migrated.
    #[error("cannot migrate the database")]
    Migrate(#[from] MigrateError),
}

/// Opens the database that the settings name, and migrates it. This is the factory of `App::pool`.
///
/// # Errors
///
/// Returns an error if the database does not exist, cannot be reached, or belongs to another version of the program.
pub async fn connect(settings: Arc<Settings>) -> Result<AnyPool, ConnectError> {
    sqlx::any::install_default_drivers();
    let settings = &settings.database;
    let url = settings.url.expose_secret();
    let kind = Kind::from_url(url);
    // Each connection to `:memory:` has its own database.
    let in_memory = kind == Kind::Sqlite && url.contains(":memory:");
    let connections = if in_memory { 1 } else { settings.max_connections };
    let options = AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(settings.min_connections.min(connections))
        .acquire_timeout(settings.acquire_timeout)
        .idle_timeout((!in_memory).then_some(settings.idle_timeout))
        .max_lifetime((!in_memory).then_some(settings.max_lifetime))
        .test_before_acquire(settings.test_before_acquire)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(kind.connection_setup()).await?;
                Ok(())
            })
        });
    if kind == Kind::Sqlite && !in_memory {
        prepare(url).await?;
        return options.connect(url).await.map_err(ConnectError::Open);
    }
    let pool = options.connect(url).await.map_err(ConnectError::Open)?;
    kind.migrations().run(&pool).await?;
    Ok(pool)
}

/// Creates and migrates an SQLite file, also if several programs start at the same time.
async fn prepare(url: &str) -> Result<(), ConnectError> {
    let options: SqliteConnectOptions = url.parse().map_err(ConnectError::Open)?;
    let mut connection = sqlite::open(&options).await.map_err(ConnectError::Open)?;
    sqlite::migrate(&SQLITE, &mut connection).await?;
    connection.close().await.map_err(ConnectError::Open)
}

/// Kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL server.
    Postgres,
}

impl Kind {
    /// Returns the kind of the database that `url` names.
    #[must_use]
    pub fn from_url(url: &str) -> Self {
        if url.starts_with("sqlite:") { Self::Sqlite } else { Self::Postgres }
    }

    /// Returns the statements that every new connection executes first.
    const fn connection_setup(self) -> &'static str {
        match self {
            // A writer waits for another writer, but not longer than a client would wait. Readers do not wait, because
            // the file has a write-ahead log.
            Self::Sqlite => {
                "PRAGMA busy_timeout = 10000; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
            }
            Self::Postgres => "SET TIME ZONE 'UTC'",
        }
    }

    const fn migrations(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
        }
    }
}
