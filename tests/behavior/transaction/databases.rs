//! Databases of the tests.

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
    process,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use sqlx::{
    MySqlPool, PgPool, SqlitePool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

/// Returns a database in memory with one connection.
pub(crate) async fn in_memory() -> SqlitePool {
    // Without `test_before_acquire`: if an `acquire` is dropped during that test, sqlx closes the connection
    // and the database with it.
    let options = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    let pool = options.connect("sqlite::memory:").await;
    let pool = pool.expect("a database in memory");
    tables(&pool).await;
    pool
}

async fn tables(pool: &SqlitePool) {
    let sql = "CREATE TABLE book (title TEXT UNIQUE);
        CREATE TABLE review (book TEXT REFERENCES book (title) DEFERRABLE INITIALLY DEFERRED);";
    sqlx::raw_sql(sql).execute(pool).await.expect("new tables");
}

/// Database in a file with several connections. The folder is removed on drop.
pub(crate) struct File {
    pub(crate) pool: SqlitePool,
    folder: PathBuf,
}

impl File {
    pub(crate) async fn new(journal: SqliteJournalMode) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("inject-tx-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a new folder");
        let options = SqliteConnectOptions::new()
            .filename(folder.join("database"))
            .create_if_missing(true)
            .journal_mode(journal)
            .busy_timeout(Duration::ZERO);
        let pool = SqlitePoolOptions::new().max_connections(3).connect_with(options).await;
        let pool = pool.expect("a new database");
        tables(&pool).await;
        Self { pool, folder }
    }
}

impl File {
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join("database")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(crate) async fn count(pool: &SqlitePool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(pool).await.expect("the table is there")
}

/// Returns a pool on the `PostgreSQL` of `DATABASE_URL`, with a schema of its own that is named after `name`.
pub(crate) async fn postgres(name: &str, connections: u32, acquire_timeout: Duration) -> Option<PgPool> {
    let url = env::var("DATABASE_URL").unwrap_or_default();
    if !url.starts_with("postgres") {
        not_run(name, "DATABASE_URL is not set to the URL of a PostgreSQL");
        return None;
    }
    let schema = format!("inject_tx_{name}");
    let admin = PgPool::connect(&url).await.expect("the PostgreSQL of DATABASE_URL");
    let sql = format!(
        "DROP SCHEMA IF EXISTS {schema} CASCADE;
        CREATE SCHEMA {schema};
        CREATE TABLE {schema}.book (title TEXT UNIQUE);
        CREATE TABLE {schema}.review (book TEXT REFERENCES {schema}.book (title) DEFERRABLE INITIALLY DEFERRED);"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&admin).await.expect("a new schema");
    admin.close().await;
    let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL");
    let options = options.options([("search_path", schema)]);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .acquire_timeout(acquire_timeout)
        .connect_with(options)
        .await;
    Some(pool.expect("the PostgreSQL of DATABASE_URL"))
}

/// Returns a pool on the `MySQL` or `MariaDB` of `MYSQL_URL`, with a database of its own that is named after `name`.
pub(crate) async fn mysql(name: &str, connections: u32) -> Option<MySqlPool> {
    let url = env::var("MYSQL_URL").unwrap_or_default();
    if url.is_empty() {
        not_run(name, "MYSQL_URL is not set to the URL of a MySQL or MariaDB");
        return None;
    }
    let database = format!("inject_tx_{name}");
    let admin = MySqlPool::connect(&url).await.expect("the server of MYSQL_URL");
    let sql = format!(
        "DROP DATABASE IF EXISTS {database};
        CREATE DATABASE {database};
        CREATE TABLE {database}.book (title VARCHAR(100) NOT NULL UNIQUE, pages INT CHECK (pages > 0));
        CREATE TABLE {database}.review (book VARCHAR(100) REFERENCES {database}.book (title));"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&admin).await.expect("a new database");
    admin.close().await;
    let options: MySqlConnectOptions = url.parse().expect("a URL");
    let pool = MySqlPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .connect_with(options.database(&database))
        .await;
    Some(pool.expect("the server of MYSQL_URL"))
}

/// Reports a test that does not run.
fn not_run(name: &str, reason: &str) {
    // Not `eprintln!`, whose output the test harness hides if a test passes.
    let test = thread::current().name().unwrap_or(name).to_owned();
    writeln!(io::stderr(), "NOT RUN: {test}: {reason}").expect("stderr is there");
}
