//! Where jobs are kept.

use std::{collections::HashSet, sync::Arc, time::Duration};

use apalis::prelude::{TaskBuilder, TaskSink as _};
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqlitePool, SqliteStorage};
use inject_runtime::{in_layer, layer::Infrastructure};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sqlx::{
    AnyPool,
    migrate::MigrateError,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    config::Settings,
    db::Kind,
    services::{
        BoxFuture, ServiceError,
        jobs::{Job, JobQueue},
    },
};

/// The name of our queue. Other programs may have theirs in the same database.
const QUEUE: &str = "learning-platform";

/// A job that fails is tried again by the worker, which counts: in here, no number of attempts is the last.
const NO_LAST_ATTEMPT: usize = i32::MAX as usize;

/// Connections of the queue's own. apalis is written for one database at a time, the pool of the application for either.
const CONNECTIONS: u32 = 3;

/// How many times a worker may fail to say that it is alive before others take over what it was doing.
const MISSED_HEARTBEATS: usize = 3;

/// How long it is remembered that a job was done. Dead ones stay until somebody has looked at them.
const REMEMBERED: Duration = Duration::from_hours(7 * 24);

/// Where jobs are kept until they are done: in the database of the application, in tables of apalis' own.
///
/// They are kept as any JSON, and read as jobs of ours by the worker: one that cannot be read, because another version of the program has
/// added it, is to fail alone.
///
/// If that is `:memory:`, this is another database in memory: a connection is a database there. Jobs live as long as the process then,
/// as all else does.
#[in_layer(Infrastructure)]
pub enum JobStore {
    /// In an SQLite file, or in memory.
    Sqlite(SqliteStorage<Value>),
    /// In PostgreSQL.
    Postgres(PostgresStorage<Value>),
}

/// There is no place for jobs. The URL is not repeated: it may have a password in it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database could not be opened.
    #[error("cannot open the database for the job queue")]
    Open(#[from] sqlx::Error),
    /// Its tables could not be made.
    #[error("cannot bring the tables of the job queue up to date")]
    Migrate(#[from] MigrateError),
}

impl JobStore {
    /// Opens it, and brings its tables up to date: a factory of the container.
    ///
    /// After the pool of the application, which is a parameter for that alone: of two who open a new file of SQLite at the same time, one is told
    /// that it is locked, since neither waits while the other makes it a write-ahead log.
    ///
    /// # Errors
    ///
    /// The database cannot be reached, or its tables come from another version of apalis.
    pub async fn open(settings: Arc<Settings>, _opened_before: AnyPool) -> Result<Arc<Self>, OpenError> {
        let (jobs, settings) = (&settings.jobs, &settings.database);
        let url = settings.url.expose_secret();
        let store = match Kind::of(url) {
            Kind::Sqlite => {
                let in_memory = url.contains(":memory:");
                let connection = url
                    .parse::<SqliteConnectOptions>()?
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal);
                let pool = SqlitePoolOptions::new()
                    .max_connections(if in_memory { 1 } else { CONNECTIONS })
                    .acquire_timeout(settings.acquire_timeout)
                    .idle_timeout((!in_memory).then_some(settings.idle_timeout))
                    .max_lifetime((!in_memory).then_some(settings.max_lifetime))
                    .connect_with(connection)
                    .await?;
                // Not `SqliteStorage::setup`, which gives up durability for speed.
                let mut migrations = SqliteStorage::<()>::migrations();
                // The usual table has the migrations of the application in it, and who finds others there refuses to go on.
                migrations.dangerous_set_table_name("_apalis_migrations");
                migrations.run(&pool).await?;
                let config = apalis_sqlite::Config::default()
                    .queue(QUEUE)
                    .batch_size(jobs.concurrency)
                    .heartbeat_interval(jobs.heartbeat)
                    .missed_heartbeats(MISSED_HEARTBEATS);
                Self::Sqlite(SqliteStorage::new(&pool).with_config(config))
            }
            Kind::Postgres => {
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(settings.acquire_timeout)
                    .idle_timeout(settings.idle_timeout)
                    .max_lifetime(settings.max_lifetime)
                    .connect(url)
                    .await?;
                // All that is apalis' is in a schema of its own there, the list of its migrations included.
                PostgresStorage::<()>::migrations().run(&pool).await?;
                let config = apalis_postgres::Config::default()
                    .queue(QUEUE)
                    .batch_size(jobs.concurrency)
                    .heartbeat_interval(jobs.heartbeat)
                    .missed_heartbeats(MISSED_HEARTBEATS);
                Self::Postgres(PostgresStorage::new(&pool).with_config(config))
            }
        };
        Ok(Arc::new(store))
    }

    /// The store as the port that services know: a factory of the container.
    #[must_use]
    pub fn as_queue(store: Arc<Self>) -> Arc<dyn JobQueue> {
        store
    }

    /// The jobs that are waiting or being done.
    pub(super) async fn unfinished(&self) -> Result<HashSet<Job>, sqlx::Error> {
        let jobs: Vec<Vec<u8>> = match self {
            Self::Sqlite(storage) => {
                let query = "SELECT job FROM Jobs WHERE job_type = $1 AND status NOT IN ('Done', 'Killed')";
                sqlx::query_scalar(query).bind(QUEUE).fetch_all(storage.pool()).await?
            }
            Self::Postgres(storage) => {
                let query =
                    "SELECT job FROM apalis.jobs WHERE job_type = $1 AND status NOT IN ('Done', 'Killed')";
                sqlx::query_scalar(query).bind(QUEUE).fetch_all(storage.pool()).await?
            }
        };
        Ok(jobs.iter().filter_map(|job| serde_json::from_slice(job).ok()).collect())
    }

    /// Forgets what was done long ago. apalis keeps it for ever.
    pub(super) async fn forget(&self) -> Result<u64, sqlx::Error> {
        let remembered = i64::try_from(REMEMBERED.as_secs()).unwrap_or(i64::MAX);
        let forgotten = match self {
            Self::Sqlite(storage) => {
                let query =
                    "DELETE FROM Jobs WHERE job_type = $1 AND status = 'Done' AND done_at < unixepoch() - $2";
                sqlx::query(query).bind(QUEUE).bind(remembered).execute(storage.pool()).await?.rows_affected()
            }
            Self::Postgres(storage) => {
                let query = "DELETE FROM apalis.jobs WHERE job_type = $1 AND status = 'Done' \
                             AND done_at < now() - make_interval(secs => $2)";
                #[allow(clippy::cast_precision_loss, reason = "some days, in seconds")]
                let remembered = remembered as f64;
                sqlx::query(query).bind(QUEUE).bind(remembered).execute(storage.pool()).await?.rows_affected()
            }
        };
        Ok(forgotten)
    }

    /// Closes the connections: the shutdown hook of the store.
    pub async fn close(self: &Arc<Self>) {
        match &**self {
            Self::Sqlite(storage) => SqlitePool::close(storage.pool()).await,
            Self::Postgres(storage) => PgPool::close(storage.pool()).await,
        }
    }
}

impl JobQueue for JobStore {
    fn add(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async move {
            let job = serde_json::to_value(job).map_err(not_added)?;
            let task = TaskBuilder::new(job).max_attempts(NO_LAST_ATTEMPT).build();
            match self {
                Self::Sqlite(storage) => storage.clone().push_task(task).await.map_err(not_added),
                Self::Postgres(storage) => storage.clone().push_task(task).await.map_err(not_added),
            }
        })
    }
}

fn not_added(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ServiceError {
    ServiceError::Internal { doing: "adding a job", source: error.into() }
}
