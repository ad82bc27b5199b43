//! `#[transaction(..)]` on endpoints and containers.

mod conflicts;
mod retry;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, http::StatusCode};
use futures_util::future::join_all;
use inject_runtime::{
    Problem, Routes, container, get, inject,
    layer::Infrastructure,
    post, routes, transaction,
    tx::{Immediate, IsolatedTx, ReadCommitted, ReadTx, RepeatableRead, Serializable, Tx, UnitOfWork},
};
use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::{
    databases::{File, count, in_memory, postgres},
    requests::BookError,
};
use crate::support::{Answer, LONG, request, respond};

#[container]
struct Files {
    #[input]
    pool: SqlitePool,
}

async fn files(routes: Routes<Files>, pool: &SqlitePool) -> Router {
    let app = Files::builder(FilesInputs { pool: pool.clone() }).build().await.expect("nothing fails");
    routes.into_router(app)
}

async fn answer(router: &Router, method: &str, path: &str) -> Answer {
    Answer::of(respond(router, request(method, path)).await).await
}

async fn add(tx: &mut Tx<Sqlite>, title: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

/// A read, and then a write, under a method that is safe.
#[get("/visit", public)]
#[transaction(writes)]
async fn visit(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), BookError> {
    let query = sqlx::query_scalar("SELECT count(*) FROM book");
    let known: i64 = query.fetch_one(&mut *tx.acquire().await?).await?;
    tokio::task::yield_now().await;
    Ok(add(&mut tx, &format!("{known} {:?}", std::time::Instant::now())).await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_get_that_says_that_it_writes_waits_for_other_writers() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let options = SqliteConnectOptions::new().filename(file.path()).busy_timeout(LONG);
    let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await.expect("the file");
    let router = files(routes![visit], &pool).await;
    let client = async || {
        let mut visits = 0;
        for _ in 0..40 {
            visits += usize::from(answer(&router, "GET", "/visit").await.status == StatusCode::OK);
        }
        visits
    };
    let visits: usize = join_all((0..8).map(|_| client())).await.into_iter().sum();
    assert_eq!(visits, 320);
    assert_eq!(count(&pool).await, 320);
    pool.close().await;
}

/// The attribute above that of the method, with its path.
#[inject_runtime::transaction(reads)]
#[post("/search", public)]
async fn search(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<String, BookError> {
    let query = sqlx::query_scalar("SELECT count(*) FROM book");
    let books: i64 = query.fetch_one(&mut *tx.acquire().await?).await?;
    Ok(books.to_string())
}

/// The busy timeout of the pool is zero.
#[tokio::test]
async fn a_post_that_says_that_it_reads_takes_no_lock() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let router = files(routes![search, visit], &file.pool).await;
    let writer = file.pool.begin_with("BEGIN IMMEDIATE").await.expect("it begins");
    assert_eq!(answer(&router, "POST", "/search").await.body, "0");
    answer(&router, "GET", "/visit").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    writer.rollback().await.expect("it ends");
}

#[derive(Debug, thiserror::Error, Problem)]
enum LoginError {
    #[error("the password is wrong")]
    #[problem(status = 401, challenge = "Bearer")]
    Wrong,
    #[error(transparent)]
    #[problem(transparent)]
    Database(#[from] sqlx::Error),
}

fn is_undone(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::ACCEPTED
}

static BACKGROUND: AtomicUsize = AtomicUsize::new(0);

#[post("/login/{status}", public)]
#[transaction(rollback_if = is_undone)]
async fn login(
    status: axum::extract::Path<u16>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    tasks: inject_runtime::BackgroundTasks,
) -> Result<StatusCode, LoginError> {
    tasks.add("background", async { _ = BACKGROUND.fetch_add(1, Ordering::Relaxed) });
    add(&mut tx, "an attempt").await?;
    match status.0 {
        401 => Err(LoginError::Wrong),
        418 => panic!("a panic rolls back"),
        status => Ok(StatusCode::from_u16(status).expect("a status")),
    }
}

#[derive(Clone)]
struct Denied;

#[inject(layer = Infrastructure)]
async fn denied(mut tx: Tx<Sqlite>) -> Result<Denied, LoginError> {
    add(&mut tx, "a denied request").await?;
    Err(LoginError::Wrong)
}

#[post("/denied", public)]
#[transaction(rollback_if = |status| status.is_server_error())]
async fn guarded(#[layering(allow, reason = "a test of the transaction itself")] _: Denied) {}

#[tokio::test]
async fn a_rule_decides_about_the_unit_of_work_and_nothing_else() {
    for (path, status, books) in [
        ("/login/401", 401, 1),
        ("/login/200", 200, 1),
        ("/login/202", 202, 0),
        ("/login/503", 503, 0),
        ("/login/418", 500, 0),
        ("/denied", 401, 1),
    ] {
        let pool = in_memory().await;
        let router = files(routes![login, guarded], &pool).await;
        assert_eq!(answer(&router, "POST", path).await.status, status, "{path}");
        assert_eq!(count(&pool).await, books, "{path}");
    }
    crate::support::until(|| BACKGROUND.load(Ordering::Relaxed) == 2).await;
}

#[post("/rule", public)]
#[transaction(rollback_if = |_| panic!("a rule without an answer"))]
async fn rule_that_panics(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), LoginError> {
    Ok(add(&mut tx, "Emma").await?)
}

#[tokio::test]
async fn a_rule_that_panics_rolls_back() {
    let pool = in_memory().await;
    let router = files(routes![rule_that_panics], &pool).await;
    answer(&router, "POST", "/rule").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(count(&pool).await, 0);
}

#[post("/unfinished", public)]
#[transaction(rollback_if = |_| false)]
async fn unfinished(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), LoginError> {
    sqlx::query("INSERT INTO review VALUES ('a book that is not there')")
        .execute(&mut *tx.acquire().await?)
        .await?;
    Err(LoginError::Wrong)
}

/// The record that the response stands for is not kept, so the response is not sent.
#[tokio::test]
async fn a_commit_that_fails_replaces_also_an_error() {
    let pool = in_memory().await;
    let router = files(routes![unfinished], &pool).await;
    answer(&router, "POST", "/unfinished").await.assert_problem(StatusCode::CONFLICT);
    let reviews: i64 =
        sqlx::query_scalar("SELECT count(*) FROM review").fetch_one(&pool).await.expect("clean");
    assert_eq!(reviews, 0);
}

/// Default of the container, with an alias of a handle.
type Transaction = UnitOfWork<Postgres>;

#[inject_runtime::transaction(Transaction, isolation = Serializable)]
#[container]
#[transaction(ReadTx<Sqlite>, isolation = Immediate)]
struct Servers {
    #[input]
    pool: PgPool,
    #[input]
    file: SqlitePool,
}

async fn servers(routes: Routes<Servers>, pool: &PgPool) -> Router {
    let file = in_memory().await;
    let app =
        Servers::builder(ServersInputs { pool: pool.clone(), file }).build().await.expect("nothing fails");
    routes.into_router(app)
}

const SETTINGS: &str =
    "SELECT current_setting('transaction_isolation') || ', ' || current_setting('transaction_read_only')";

async fn settings(tx: &mut ReadTx<Postgres>) -> Result<String, BookError> {
    Ok(sqlx::query_scalar(SETTINGS).fetch_one(&mut *tx.acquire().await?).await?)
}

#[post("/default", public)]
async fn default(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<String, BookError> {
    settings(&mut tx).await
}

#[post("/default/reads", public)]
async fn default_of_a_reader(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: ReadTx<Postgres>,
) -> Result<String, BookError> {
    settings(&mut tx).await
}

#[post("/endpoint", public)]
#[transaction(Tx<Postgres>, isolation = RepeatableRead)]
async fn of_the_endpoint(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: ReadTx<Postgres>,
) -> Result<String, BookError> {
    settings(&mut tx).await
}

#[post("/handle", public)]
async fn of_the_handle(
    #[layering(allow, reason = "a test of the transaction itself")] mut first: Tx<Postgres>,
    #[layering(allow, reason = "a test of the transaction itself")] _: IsolatedTx<Postgres, ReadCommitted>,
) -> Result<String, BookError> {
    settings(&mut first).await
}

#[tokio::test]
async fn the_level_is_that_of_the_handle_or_the_endpoint_or_the_container() {
    let Some(pool) = postgres("defaults", 1, LONG).await else { return };
    let router = servers(routes![default, default_of_a_reader, of_the_endpoint, of_the_handle], &pool).await;
    for (path, expected) in [
        ("/default", "serializable, off"),
        ("/default/reads", "serializable, on"),
        ("/endpoint", "repeatable read, on"),
        ("/handle", "read committed, off"),
    ] {
        assert_eq!(answer(&router, "POST", path).await.body, expected, "{path}");
    }
}

#[tokio::test]
async fn a_scope_outside_of_requests_has_the_level_of_the_container() {
    let Some(pool) = postgres("default_scope", 1, LONG).await else { return };
    let file = in_memory().await;
    let app = Servers::builder(ServersInputs { pool, file }).build().await.expect("nothing fails");
    let level = inject_runtime::RequestScope::of(&app)
        .run(async |mut tx: Tx<Postgres>| settings(&mut tx).await.map_err(Box::<dyn std::error::Error>::from))
        .await;
    assert_eq!(level.expect("it reads"), "serializable, off");
    let level = inject_runtime::RequestScope::of(&app)
        .run(async |(_, mut tx): (Tx<Postgres>, IsolatedTx<Postgres, RepeatableRead>)| {
            settings(&mut tx).await.map_err(Box::<dyn std::error::Error>::from)
        })
        .await;
    assert_eq!(level.expect("it reads"), "repeatable read, off");
}

fn refusal<C: inject_runtime::Container + Send + Sync>(routes: Routes<C>, app: Arc<C>) -> String {
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| routes.into_router(app)));
    refused.expect_err("a mistake").downcast_ref::<String>().expect("a message").clone()
}

#[post("/contradiction", public)]
#[transaction(Tx<Postgres>, isolation = Serializable)]
async fn contradiction(
    #[layering(allow, reason = "a test of the transaction itself")] _: IsolatedTx<Postgres, RepeatableRead>,
) {
}

#[post("/unused", public)]
#[transaction(writes, rollback_if = is_undone)]
async fn unused() {}

#[post("/another", public)]
#[transaction(Tx<Sqlite>, isolation = Immediate)]
async fn another(#[layering(allow, reason = "a test of the transaction itself")] _: Tx<Postgres>) {}

#[tokio::test]
async fn settings_that_contradict_or_have_no_effect_are_refused() {
    let options = sqlx::postgres::PgPoolOptions::new();
    let pool = options.connect_lazy("postgres://nothing.invalid/none").expect("a URL");
    let file = in_memory().await;
    let app = Servers::builder(ServersInputs { pool, file }).build().await.expect("nothing is connected");
    let message = refusal(routes![contradiction, unused, another], app);
    for part in [
        "endpoint `contradiction` at ",
        "`#[transaction(Tx<Postgres>, isolation = Serializable)]` of the endpoint itself",
        "`IsolatedTx<Postgres, RepeatableRead>`, which `contradiction` at ",
        "`#[transaction(writes, rollback_if = is_undone)]` of endpoint `unused` at ",
        "endpoint `another` at ",
        "`#[transaction(Tx<Sqlite>, isolation = Immediate)]` of the endpoint itself",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn the_route_table_shows_the_settings() {
    let routes: Routes<Servers> = routes![of_the_endpoint, default];
    let table = routes.table();
    let transactions: Vec<_> = table.rows().iter().map(|row| row.transaction).collect();
    assert_eq!(transactions, [Some("Tx<Postgres>, isolation = RepeatableRead"), None]);
    assert!(table.to_json().contains(r#""transaction": "Tx<Postgres>, isolation = RepeatableRead""#));
}
