//! Storage of jobs.

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
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    config::Settings,
    db::{Kind, sqlite},
    services::{
        BoxFuture, ServiceError,
        jobs::{Job, JobQueue},
    },
};

/// Name of the queue. Other programs may have their own queues in the same database.
const QUEUE: &str = "learning-platform";

/// Maximum number of attempts in the store. It is unlimited in effect, because the worker counts the attempts and
/// decides about retries.
const UNLIMITED_ATTEMPTS: usize = i32::MAX as usize;

/// Number of connections of the queue. apalis supports one kind of database per pool, whereas the pool of the
/// application supports both kinds.
const CONNECTIONS: u32 = 3;

/// Number of missed heartbeats after which other workers take over the jobs of a worker.
const MISSED_HEARTBEATS: usize = 3;

/// Time that completed jobs are kept. Dead jobs are kept until they are deleted by hand.
const RETENTION: Duration = Duration::from_hours(7 * 24);

/// Store of jobs in the database of the application, in the tables of apalis.
///
/// Jobs are stored as arbitrary JSON, and the worker converts them to [`Job`]. A job of another version of the
/// program that cannot be converted then fails alone.
///
/// If the database of the application is `:memory:`, the store is a separate database in memory, because each
/// connection to `:memory:` has its own database. Jobs then live as long as the process, as all other data does.
#[in_layer(Infrastructure)]
pub enum JobStore {
    /// In an SQLite file, or in memory.
    Sqlite(SqliteStorage<Value>),
    /// In PostgreSQL.
    Postgres(PostgresStorage<Value>),
}

/// Error returned when the job store cannot be opened. It does not contain the URL, which may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be opened.
    #[error("cannot open the database for the job queue")]
    Open(#[from] sqlx::Error),
    /// The tables cannot be created.
    #[error("cannot migrate the tables of the job queue")]
    Migrate(#[from] MigrateError),
}

impl JobStore {
    /// Opens the store and migrates its tables. This is a factory of the container.
    ///
    /// The pool of the application is a parameter only so that it is opened first: it creates an SQLite file, and
    /// switches it to a write-ahead log.
    ///
    /// # Errors
    ///
    /// Returns an error if the database cannot be reached, or if its tables belong to another version of apalis.
    pub async fn open(settings: Arc<Settings>, _opened_before: AnyPool) -> Result<Arc<Self>, OpenError> {
        let (jobs, settings) = (&settings.jobs, &settings.database);
        let url = settings.url.expose_secret();
        let store = match Kind::from_url(url) {
            Kind::Sqlite => {
                let in_memory = url.contains(":memory:");
                let connection = url.parse::<SqliteConnectOptions>()?.synchronous(SqliteSynchronous::Normal);
                let pool = SqlitePoolOptions::new()
                    .max_connections(if in_memory { 1 } else { CONNECTIONS })
                    .acquire_timeout(settings.acquire_timeout)
                    .idle_timeout((!in_memory).then_some(settings.idle_timeout))
                    .max_lifetime((!in_memory).then_some(settings.max_lifetime))
                    .connect_with(connection)
                    .await?;
                // Not `SqliteStorage::setup`, which trades durability for speed.
                let mut migrations = SqliteStorage::<()>::migrations();
                // The default table contains the migrations of the application, and a migrator that finds unknown
                // migrations refuses to run.
                migrations.dangerous_set_table_name("_apalis_migrations");
                sqlite::migrate(&migrations, &mut *pool.acquire().await?).await?;
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
                // apalis has its own schema in PostgreSQL, including the table of its migrations.
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

    /// Returns the store as the port that services depend on. This is a factory of the container.
    #[must_use]
    pub fn as_queue(store: Arc<Self>) -> Arc<dyn JobQueue> {
        store
    }

    /// Returns the jobs that are queued or running.
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

    /// Deletes jobs that were completed long ago, because apalis keeps them forever.
    pub(super) async fn delete_completed(&self) -> Result<u64, sqlx::Error> {
        let retention = i64::try_from(RETENTION.as_secs()).unwrap_or(i64::MAX);
        let deleted = match self {
            Self::Sqlite(storage) => {
                let query =
                    "DELETE FROM Jobs WHERE job_type = $1 AND status = 'Done' AND done_at < unixepoch() - $2";
                sqlx::query(query).bind(QUEUE).bind(retention).execute(storage.pool()).await?.rows_affected()
            }
            Self::Postgres(storage) => {
                let query = "DELETE FROM apalis.jobs WHERE job_type = $1 AND status = 'Done' \
                             AND done_at < now() - make_interval(secs => $2)";
                #[allow(clippy::cast_precision_loss, reason = "some days in seconds are far below 2^52")]
                let retention = retention as f64;
                sqlx::query(query).bind(QUEUE).bind(retention).execute(storage.pool()).await?.rows_affected()
            }
        };
        Ok(deleted)
    }

    /// Closes the connections. This is the shutdown hook of the store.
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
            let job = serde_json::to_value(job).map_err(queue_error)?;
            let task = TaskBuilder::new(job).max_attempts(UNLIMITED_ATTEMPTS).build();
            match self {
                Self::Sqlite(storage) => storage.clone().push_task(task).await.map_err(queue_error),
                Self::Postgres(storage) => storage.clone().push_task(task).await.map_err(queue_error),
            }
        })
    }
}

fn queue_error(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ServiceError {
    ServiceError::Internal { doing: "adding a job", source: error.into() }
}
