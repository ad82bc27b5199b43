//! Statuses and log lines of requests whose database fails: at the begin, at a statement, at the commit, or afterwards.

use std::{
    env,
    io::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, http::StatusCode};
use inject_runtime::{
    Inject, Problem, Routes, container, get, in_layer, layer::Common, post, routes, tx::Tx,
};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, postgres::PgPoolOptions, sqlite::SqlitePoolOptions};
use tracing::Level;

use super::Written;
use crate::support::{request, respond, until};

/// Slot in which an endpoint leaves its handle.
#[in_layer(Common)]
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<Tx<Sqlite>>>>);

#[container]
struct Servers {
    #[input]
    pool: PgPool,
    #[input]
    admin: Admin,
}

#[container]
struct Files {
    #[input]
    pool: SqlitePool,
    #[input]
    kept: Kept,
}

/// Second pool, which ends connections of the first one.
#[in_layer(Common)]
#[derive(Clone)]
struct Admin(PgPool);

impl Admin {
    async fn terminate(&self, pid: i32) {
        // It waits until the connection has ended.
        let terminate = sqlx::query("SELECT pg_terminate_backend($1, 5000)").bind(pid);
        terminate.execute(&self.0).await.expect("permission to terminate");
    }
}

#[derive(Debug, thiserror::Error, Problem)]
#[error(transparent)]
#[problem(transparent)]
struct Failure(#[from] sqlx::Error);

async fn insert(tx: &mut Tx<Postgres>) -> sqlx::Result<i32> {
    sqlx::query("INSERT INTO inject_logs.book VALUES ('Emma')").execute(&mut *tx.acquire().await?).await?;
    sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *tx.acquire().await?).await
}

#[post("/write", public)]
async fn write(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<(), Failure> {
    insert(&mut tx).await?;
    Ok(())
}

#[post("/swallowed", public)]
async fn swallowed(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<(), Failure> {
    insert(&mut tx).await?;
    // The title is taken.
    insert(&mut tx).await.expect_err("a violation");
    Ok(())
}

#[post("/deferred", public)]
async fn deferred(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<(), Failure> {
    let review = "INSERT INTO inject_logs.review VALUES ('a book that is not there')";
    sqlx::query(review).execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

#[post("/away/at-a-statement", public)]
async fn away_at_a_statement(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
    Inject(admin): Inject<Admin>,
) -> Result<(), Failure> {
    let pid = insert(&mut tx).await?;
    admin.terminate(pid).await;
    insert(&mut tx).await?;
    Ok(())
}

#[post("/away/at-the-commit", public)]
async fn away_at_the_commit(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
    Inject(admin): Inject<Admin>,
) -> Result<(), Failure> {
    let pid = insert(&mut tx).await?;
    admin.terminate(pid).await;
    Ok(())
}

fn servers() -> Routes<Servers> {
    routes![write, swallowed, deferred, away_at_a_statement, away_at_the_commit]
}

async fn router_on_servers(pool: PgPool, admin: PgPool) -> Router {
    let inputs = ServersInputs { pool, admin: Admin(admin) };
    servers().into_router(Servers::builder(inputs).build().await.expect("nothing is connected"))
}

/// Sends the request, asserts the status and whether it may be sent again, and returns the log.
async fn failed(router: &Router, written: &Written, path: &str, status: StatusCode) -> String {
    let response = respond(router, request("POST", path)).await;
    let log = written.take();
    assert_eq!(response.status(), status, "{path}: {log}");
    let may_retry = response.headers().contains_key("retry-after");
    assert_eq!(may_retry, status == StatusCode::SERVICE_UNAVAILABLE, "{path}");
    let error = log.lines().find(|line| line.contains("ERROR"));
    let error = error.unwrap_or_else(|| panic!("{path}: no error in the log: {log}"));
    assert!(
        error.contains(&format!(r#"method="POST" route="{path}" endpoint="logs::database::"#)),
        "{error}"
    );
    log
}

#[tokio::test]
async fn on_postgres_each_failure_has_its_status_and_names_the_endpoint() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    let url = env::var("DATABASE_URL").unwrap_or_default();
    if !url.starts_with("postgres") {
        // Not `eprintln!`, whose output the test harness hides if a test passes.
        let reason = "NOT RUN: on_postgres_each_failure_has_its_status_and_names_the_endpoint: DATABASE_URL is not set";
        return writeln!(io::stderr(), "{reason} to the URL of a PostgreSQL").expect("stderr is there");
    }
    let admin = PgPool::connect(&url).await.expect("the PostgreSQL of DATABASE_URL");
    let tables = "DROP SCHEMA IF EXISTS inject_logs CASCADE;
        CREATE SCHEMA inject_logs;
        CREATE TABLE inject_logs.book (title TEXT UNIQUE);
        CREATE TABLE inject_logs.review (
            book TEXT REFERENCES inject_logs.book (title) DEFERRABLE INITIALLY DEFERRED
        );";
    sqlx::raw_sql(tables).execute(&admin).await.expect("a new schema");
    let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
    let pool = pool.connect(&url).await.expect("the PostgreSQL of DATABASE_URL");
    let router = router_on_servers(pool.clone(), admin.clone()).await;
    let books = async || -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM inject_logs.book").fetch_one(&admin);
        count.await.expect("the table is there")
    };
    let (unavailable, internal) = (StatusCode::SERVICE_UNAVAILABLE, StatusCode::INTERNAL_SERVER_ERROR);

    let log = failed(&router, &written, "/swallowed", internal).await;
    assert!(log.contains("current transaction is aborted"), "{log}");
    failed(&router, &written, "/deferred", StatusCode::CONFLICT).await;
    failed(&router, &written, "/away/at-a-statement", unavailable).await;
    failed(&router, &written, "/away/at-the-commit", unavailable).await;
    // The idle connection breaks, and the pool does not know it.
    let pid = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool).await.expect("a connection");
    // The pool tests a connection that comes back.
    until(|| pool.num_idle() == 1).await;
    Admin(admin.clone()).terminate(pid).await;
    failed(&router, &written, "/write", unavailable).await;
    assert_eq!(books().await, 0);
    // The pool of one has a new connection.
    assert_eq!(respond(&router, request("POST", "/write")).await.status(), StatusCode::OK);
    assert_eq!(books().await, 1);
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    // A port on which nothing listens: it is free, and its listener is gone.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let url = format!("postgres://postgres@127.0.0.1:{}/none", port.expect("a port").port());
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_millis(200));
    let pool = pool.connect_lazy(&url).expect("a URL");
    let router = router_on_servers(pool.clone(), pool).await;
    failed(&router, &written, "/write", StatusCode::SERVICE_UNAVAILABLE).await;
}

#[post("/keep", public)]
async fn keep(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Inject(kept): Inject<Kept>,
) -> Result<(), Failure> {
    drop(tx.acquire().await?);
    *kept.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tx);
    Ok(())
}

#[post("/use", public)]
async fn use_kept(Inject(kept): Inject<Kept>) -> Result<(), Failure> {
    let tx = kept.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(tx.expect("a handle is kept").acquire().await?);
    Ok(())
}

#[get("/kept", public)]
async fn commit_kept(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<&'static str, Failure> {
    drop(tx.acquire().await?);
    let clone = tx.clone();
    tx.commit().await?;
    let mut clone = clone;
    drop(clone.acquire().await?);
    Ok("used after its end")
}

#[post("/own-end", public)]
async fn own_end(
    #[layering(allow, reason = "a test of the transaction itself")] tx: Tx<Sqlite>,
) -> Result<(), Failure> {
    let clone = tx.clone();
    tx.commit().await?;
    Ok(clone.commit().await?)
}

#[tokio::test]
async fn a_handle_that_is_kept_beyond_its_end_is_an_error_that_names_the_endpoint() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    let pool = pool.connect("sqlite::memory:").await.expect("a database in memory");
    let inputs = FilesInputs { pool: pool.clone(), kept: Kept::default() };
    let app = Files::builder(inputs).build().await.expect("nothing fails");
    let router = routes![keep, use_kept, commit_kept, own_end].into_router(app);
    assert_eq!(respond(&router, request("POST", "/keep")).await.status(), StatusCode::OK);
    // The handle holds no connection.
    drop(pool.acquire().await.expect("the only connection"));
    let internal = StatusCode::INTERNAL_SERVER_ERROR;
    let log = failed(&router, &written, "/use", internal).await;
    assert!(log.contains("the transaction has ended with its request"), "{log}");
    let log = failed(&router, &written, "/own-end", internal).await;
    assert!(log.contains("the transaction has ended"), "{log}");
    assert_eq!(respond(&router, request("GET", "/kept")).await.status(), internal);
    let log = written.take();
    assert!(log.contains(r#"endpoint="logs::database::commit_kept""#), "{log}");
}
