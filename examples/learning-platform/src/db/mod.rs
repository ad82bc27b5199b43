//! The database: SQLite or PostgreSQL, by the URL in the settings, and the same repositories on both.
//!
//! [`sqlx::Any`] passes SQL on as it is, so it is written in what both understand: parameters are `$1`, rows come back with `RETURNING`,
//! numbers are `BIGINT`, times are seconds. Only the migrations are written twice.

mod row;

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use sqlx::{
    Any, AnyPool, Executor as _,
    any::AnyPoolOptions,
    migrate::{MigrateError, Migrator},
};

pub(crate) use self::row::RowExt;
use crate::config::Settings;

/// Either database.
pub type Db = Any;

/// The unit of work of a request that writes: one transaction, whatever number of repositories take part in it.
pub type Tx = inject_runtime::tx::Tx<Db>;

/// The same, of one that only reads.
pub type ReadTx = inject_runtime::tx::ReadTx<Db>;

// The files are part of the program. Cargo does not notice a new one: save this file after adding it.
static SQLITE: Migrator = sqlx::migrate!("src/db/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("src/db/migrations/postgres");

/// The database could not be opened, or not be brought up to date. The URL is not repeated: it may have a password in it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It could not be opened.
    #[error("cannot open the database (PLATFORM_DATABASE__URL names another)")]
    Open(#[source] sqlx::Error),
    /// It could not be migrated.
    #[error("cannot bring the database up to date")]
    Migrate(#[from] MigrateError),
}

/// Opens the database that the settings name, and brings it up to date: the factory of `App::pool`.
///
/// # Errors
///
/// There is no such database, it cannot be reached, or it comes from another version of the program.
pub async fn connect(settings: Arc<Settings>) -> Result<AnyPool, ConnectError> {
    sqlx::any::install_default_drivers();
    let settings = &settings.database;
    let url = settings.url.expose_secret();
    let kind = Kind::of(url);
    // Each connection to `:memory:` is a database of its own.
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
                connection.execute(kind.greeting()).await?;
                Ok(())
            })
        });
    let url = if kind == Kind::Sqlite { creating(url) } else { url.to_owned() };
    let pool = options.connect(&url).await.map_err(ConnectError::Open)?;
    kind.migrations().run(&pool).await?;
    Ok(pool)
}

/// What differs between the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

impl Kind {
    /// The kind of the database that `url` names.
    #[must_use]
    pub fn of(url: &str) -> Self {
        if url.starts_with("sqlite:") { Self::Sqlite } else { Self::Postgres }
    }

    /// What a new connection is told first.
    const fn greeting(self) -> &'static str {
        match self {
            // Readers do not wait for the writer; a writer waits for another one, but not longer than a client would.
            Self::Sqlite => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;"
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

/// SQLite creates a file only if it is told so.
fn creating(url: &str) -> String {
    if url.contains("mode=") || url.contains(":memory:") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}mode=rwc")
}
