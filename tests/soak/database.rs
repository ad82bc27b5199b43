//! Databases, each with the pool of the application and a second pool that sees only committed data.

use std::{env, fs, path::PathBuf, process, sync::atomic::Ordering};

use sqlx::{
    AssertSqlSafe, Connection as _, MySqlPool, PgPool, Row as _, SqlitePool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{CONNECTIONS, Dirty, LONG, not_run::server};

/// Pool that sees only committed data.
#[derive(Clone)]
pub(crate) enum Observer {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

macro_rules! fetch {
    ($observer:expr, $sql:expr, $fetch:ident) => {{
        let query = AssertSqlSafe($sql);
        let rows = match $observer {
            Observer::Sqlite(pool) => sqlx::query_as(query).$fetch(pool).await,
            Observer::Postgres(pool) => sqlx::query_as(query).$fetch(pool).await,
            Observer::MySql(pool) => sqlx::query_as(query).$fetch(pool).await,
        };
        rows.expect("the tables are there")
    }};
}

impl Observer {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
            Self::MySql(_) => "MariaDB",
        }
    }

    /// Returns the numbers of rows of an order and of its lines.
    pub(crate) async fn order(&self, id: u64) -> (i64, i64) {
        let sql = format!(
            "SELECT (SELECT count(*) FROM orders WHERE id = {id}), (SELECT count(*) FROM line WHERE id = {id})"
        );
        fetch!(self, sql, fetch_one)
    }

    /// Returns the numbers of rows by order.
    pub(crate) async fn orders(&self) -> Vec<(i64, i64)> {
        fetch!(self, "SELECT id, count(*) FROM orders GROUP BY id".to_owned(), fetch_all)
    }

    /// Returns the numbers of lines by order.
    pub(crate) async fn lines(&self) -> Vec<(i64, i64)> {
        fetch!(self, "SELECT id, count(*) FROM line GROUP BY id".to_owned(), fetch_all)
    }
}

/// Folder of the database, removed on drop.
pub(crate) struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("inject-soak-{}", process::id()));
        fs::create_dir_all(&path).expect("a new folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Database in a file.
pub(crate) struct Sqlite {
    pub(crate) pool: SqlitePool,
    pub(crate) observer: Observer,
    pub(crate) dirty: Dirty,
    pub(crate) folder: Folder,
}

/// Options of a pool that asks each connection whether it is in a transaction before it gives it out, and counts those that are.
macro_rules! checked {
    ($options:ty, $dirty:expr, |$connection:ident| $is_clean:expr) => {{
        let dirty = Dirty::clone(&$dirty);
        <$options>::new().max_connections(CONNECTIONS).acquire_timeout(LONG).before_acquire(
            move |$connection, _| {
                let dirty = Dirty::clone(&dirty);
                Box::pin(async move {
                    match $is_clean {
                        Ok(true) => Ok(true),
                        Ok(false) => {
                            dirty.fetch_add(1, Ordering::Relaxed);
                            Ok(true)
                        }
                        // The connection is broken: the pool opens another one.
                        Err(error) => Err(error),
                    }
                })
            },
        )
    }};
}

pub(crate) async fn sqlite() -> Sqlite {
    let folder = Folder::new();
    let options = SqliteConnectOptions::new()
        .filename(folder.0.join("database"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(LONG);
    let dirty = Dirty::default();
    let pool = checked!(SqlitePoolOptions, dirty, |connection| {
        // SQLite refuses it within a transaction.
        match sqlx::raw_sql("BEGIN").execute(&mut *connection).await {
            Ok(_) => sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.map(|_| true),
            Err(sqlx::Error::Database(_)) => Ok(false),
            Err(error) => Err(error),
        }
    });
    let pool = pool.connect_with(options.clone()).await.expect("a new database");
    let tables = "CREATE TABLE orders (id INTEGER PRIMARY KEY);
        CREATE TABLE line (id INTEGER REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE INDEX line_id ON line (id);";
    sqlx::raw_sql(tables).execute(&pool).await.expect("new tables");
    let observer = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(LONG);
    let observer = observer.connect_with(options.read_only(true)).await.expect("the same database");
    Sqlite { pool, observer: Observer::Sqlite(observer), dirty, folder }
}

/// Returns a schema of its own on the server of `DATABASE_URL`.
pub(crate) async fn postgres() -> Option<(PgPool, Observer, Dirty)> {
    let url = server("DATABASE_URL", "postgres")?;
    let mut admin = sqlx::PgConnection::connect(&url).await.expect("the PostgreSQL of DATABASE_URL");
    let tables = "DROP SCHEMA IF EXISTS inject_soak CASCADE;
        CREATE SCHEMA inject_soak;
        CREATE TABLE inject_soak.orders (id BIGINT PRIMARY KEY);
        CREATE TABLE inject_soak.line (id BIGINT REFERENCES inject_soak.orders (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE INDEX line_id ON inject_soak.line (id);";
    sqlx::raw_sql(tables).execute(&mut admin).await.expect("a new schema");
    let options: PgConnectOptions = url.parse().expect("a URL");
    let options = options.options([("search_path", "inject_soak")]);
    let dirty = Dirty::default();
    let pool = checked!(PgPoolOptions, dirty, |connection| {
        // Within an earlier transaction, `now()` is the time of its `BEGIN`.
        let now = sqlx::raw_sql("SELECT now() = statement_timestamp()");
        sqlx::Executor::fetch_one(&mut *connection, now).await.map(|row| row.get::<bool, _>(0))
    });
    let pool = pool.connect_with(options.clone()).await.expect("the PostgreSQL of DATABASE_URL");
    let observer = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(LONG);
    let observer = observer.connect_with(options).await.expect("the same database");
    Some((pool, Observer::Postgres(observer), dirty))
}

/// Returns a database of its own on the server of `MYSQL_URL`.
pub(crate) async fn mysql() -> Option<(MySqlPool, Observer, Dirty)> {
    let url = server("MYSQL_URL", "mysql:")?;
    let options: MySqlConnectOptions = url.parse().expect("a URL");
    let mut admin = sqlx::MySqlConnection::connect_with(&options).await.expect("the server of MYSQL_URL");
    for statement in ["DROP DATABASE IF EXISTS inject_soak", "CREATE DATABASE inject_soak"] {
        sqlx::raw_sql(statement).execute(&mut admin).await.expect("a new database");
    }
    let options = options.database("inject_soak");
    let dirty = Dirty::default();
    let pool = checked!(MySqlPoolOptions, dirty, |connection| {
        let state = sqlx::raw_sql("SELECT @@in_transaction");
        sqlx::Executor::fetch_one(&mut *connection, state).await.map(|row| row.get::<u64, _>(0) == 0)
    });
    let pool = pool.connect_with(options.clone()).await.expect("the server of MYSQL_URL");
    for table in [
        "CREATE TABLE orders (id BIGINT PRIMARY KEY) ENGINE = InnoDB",
        "CREATE TABLE line (id BIGINT, FOREIGN KEY (id) REFERENCES orders (id)) ENGINE = InnoDB",
    ] {
        sqlx::raw_sql(table).execute(&pool).await.expect("a new table");
    }
    let observer = MySqlPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(LONG);
    let observer = observer.connect_with(options).await.expect("the same database");
    Some((pool, Observer::MySql(observer), dirty))
}
