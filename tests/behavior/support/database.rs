//! An application with an SQLite database of orders and their lines. An order and its line are written
//! together or not at all.

use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use inject_runtime::{Problem, Routes, container, repository, service, tx::Tx};
use sqlx::{
    Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::{Log, until};

#[container]
pub(crate) struct Store {
    #[input]
    pub(crate) log: Log,
    #[input]
    pub(crate) db: SqlitePool,
}

#[repository]
struct Orders;

impl Orders {
    async fn add(&self, tx: &mut Tx<Sqlite>, item: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO orders VALUES (?)").bind(item).execute(tx).await?;
        Ok(())
    }
}

#[repository]
struct Lines;

impl Lines {
    async fn add(&self, tx: &mut Tx<Sqlite>, item: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO line VALUES (?)").bind(item).execute(tx).await?;
        Ok(())
    }
}

#[service]
pub(crate) struct Shop {
    orders: Orders,
    lines: Lines,
}

impl Shop {
    /// Writes an order and its line.
    pub(crate) async fn order(&self, tx: &mut Tx<Sqlite>, item: &str) -> Result<(), ShopError> {
        self.lines.add(tx, item).await?;
        Ok(self.orders.add(tx, item).await?)
    }

    /// Writes a line without an order. The database checks this at the commit and not before.
    pub(crate) async fn spoil(&self, tx: &mut Tx<Sqlite>, item: &str) -> Result<(), ShopError> {
        Ok(self.lines.add(tx, item).await?)
    }
}

#[derive(Debug, thiserror::Error, Problem)]
pub(crate) enum ShopError {
    #[error("the item is sold out")]
    #[problem(status = 400)]
    SoldOut,
    #[error("the orders cannot be stored")]
    Storage(#[from] sqlx::Error),
}

/// Database in a file, with the pool of the application and a second pool that sees only committed data. The
/// folder is removed on drop.
pub(crate) struct Database {
    pub(crate) pool: SqlitePool,
    observer: SqlitePool,
    folder: PathBuf,
}

impl Database {
    pub(crate) async fn new(connections: u32) -> Self {
        Self::with_acquire_timeout(connections, Duration::from_secs(10)).await
    }

    /// Database whose pool waits at most `timeout` for a connection.
    pub(crate) async fn with_acquire_timeout(connections: u32, timeout: Duration) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("inject-behavior-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a new folder");
        let options = SqliteConnectOptions::new()
            .filename(folder.join("database"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let observer = SqlitePoolOptions::new().max_connections(1);
        let observer = observer.connect_with(options.clone()).await.expect("a new database");
        let tables = "CREATE TABLE orders (item TEXT UNIQUE);
            CREATE TABLE line (item TEXT REFERENCES orders (item) DEFERRABLE INITIALLY DEFERRED);";
        sqlx::raw_sql(tables).execute(&observer).await.expect("new tables");
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(timeout)
            .connect_lazy_with(options);
        Self { pool, observer, folder }
    }

    pub(crate) async fn store(&self, log: &Log) -> Arc<Store> {
        let inputs = StoreInputs { log: log.clone(), db: self.pool.clone() };
        Store::builder(inputs).build().await.expect("nothing fails")
    }

    /// Returns the routes as a router over this database, and the log of its application.
    pub(crate) async fn routed(&self, routes: Routes<Store>) -> (Router, Log) {
        let log = Log::default();
        (routes.into_router(self.store(&log).await), log)
    }

    /// Returns the items of the committed orders. Asserts that each order has its line.
    pub(crate) async fn items(&self) -> Vec<String> {
        let [orders, lines] =
            ["SELECT item FROM orders ORDER BY item", "SELECT item FROM line ORDER BY item"]
                .map(|sql| sqlx::query_scalar::<_, String>(sql).fetch_all(&self.observer));
        let (orders, lines) = (orders.await.expect("orders"), lines.await.expect("lines"));
        assert_eq!(orders, lines, "an order and its line are written together or not at all");
        orders
    }

    /// Asserts that every connection is back in the pool, works, and is not in a transaction.
    pub(crate) async fn assert_clean(&self) {
        until(|| self.pool.num_idle() == self.pool.size() as usize).await;
        let mut connections = Vec::new();
        for _ in 0..self.pool.options().get_max_connections() {
            let mut connection = self.pool.acquire().await.expect("a connection");
            // SQLite refuses `BEGIN` within a transaction.
            sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK")
                .execute(&mut *connection)
                .await
                .expect("a clean connection");
            connections.push(connection);
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
