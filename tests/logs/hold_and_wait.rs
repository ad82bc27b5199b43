//! What the log says about an endpoint whose requests hold a connection of a pool and wait for another one.

use std::{sync::Arc, time::Duration};

use axum::{Router, http::StatusCode};
use futures_util::future::join_all;
use inject_runtime::{
    Bearer, Inject, Problem, Routes, container, get, in_layer, infrastructure, inject,
    layer::Common,
    post, repository, routes, service,
    tx::{Tx, UnitOfWork},
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use tracing::Level;

use super::Written;
use crate::support::{request, respond};

#[in_layer(Common)]
#[derive(Clone)]
struct Unrelated;

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    unrelated: Unrelated,
    catalog: Arc<Catalog>,
    #[layering(allow, reason = "a test of what a factory holds")]
    #[factory(journal)]
    journal: Arc<Journal>,
}

/// Holds the pool, behind two components.
#[infrastructure]
struct Catalog {
    pool: SqlitePool,
}

impl Catalog {
    async fn count(&self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&self.pool).await
    }
}

#[repository]
struct Stock {
    catalog: Arc<Catalog>,
}

#[service]
struct Report {
    stock: Stock,
}

#[in_layer(Common)]
struct Journal;

fn journal(_: SqlitePool) -> Arc<Journal> {
    Arc::new(Journal)
}

#[repository(scope = request)]
struct Books {
    tx: Tx<Sqlite>,
}

impl Books {
    async fn add(&mut self) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO book VALUES ('Emma')").execute(&mut *self.tx.acquire().await?).await?;
        Ok(())
    }
}

#[service(scope = request)]
struct Shop {
    books: Books,
    _unit: UnitOfWork<Sqlite>,
}

#[derive(Debug, thiserror::Error, Problem)]
enum ShopError {
    #[error("the shop cannot count its books")]
    #[problem(status = 503)]
    Count(#[source] sqlx::Error),
    #[error(transparent)]
    #[problem(transparent)]
    Storage(#[from] sqlx::Error),
}

/// Counts through the pool, while its transaction holds a connection of it.
#[post("/books", public)]
async fn create(mut shop: Shop, Inject(report): Inject<Report>) -> Result<String, ShopError> {
    shop.books.add().await?;
    let count = report.stock.catalog.count().await.map_err(ShopError::Count)?;
    Ok(count.to_string())
}

/// A factory takes the pool at the start, and its value does not hold it.
#[post("/journal", public)]
async fn write_journal(_: Shop, Inject(_): Inject<Arc<Journal>>) {}

/// Through a provider.
#[derive(Clone)]
struct Counted;

#[inject]
fn counted(Inject(_): Inject<Report>) -> Counted {
    Counted
}

#[post("/counted", public)]
async fn write_counted(_: Counted, _: Shop) {}

/// Read by the policy, before the transaction begins.
#[derive(Clone)]
struct Owner;

#[inject]
fn owner(_: Bearer, Inject(_): Inject<Report>) -> Owner {
    Owner
}

#[service(scope = request)]
struct OwnShop {
    _owner: Owner,
    _shop: Shop,
}

#[post("/owned", authenticated = Owner)]
async fn write_owned(_: OwnShop) {}

#[post("/unit", public)]
async fn only_unit(mut shop: Shop, Inject(_): Inject<Unrelated>) -> Result<(), ShopError> {
    Ok(shop.books.add().await?)
}

#[get("/pool", public)]
async fn only_pool(Inject(report): Inject<Report>) -> Result<String, ShopError> {
    Ok(report.stock.catalog.count().await?.to_string())
}

async fn pool() -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(100));
    let pool =
        options.test_before_acquire(false).connect("sqlite::memory:").await.expect("a database in memory");
    sqlx::query("CREATE TABLE book (title TEXT)").execute(&pool).await.expect("a new table");
    pool
}

async fn router(routes: Routes<App>, pool: SqlitePool) -> Router {
    let app = App::builder(AppInputs { pool, unrelated: Unrelated }).build().await.expect("nothing fails");
    routes.into_router(app)
}

/// Returns the lines with that text.
fn lines(log: &str, text: &str) -> Vec<String> {
    log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}

#[tokio::test]
async fn an_endpoint_that_reaches_the_pool_of_its_transaction_is_named_when_the_router_is_made() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    let all = Routes::new()
        .nest("/v1", routes![create, write_journal, write_counted, write_owned])
        .merge(routes![only_unit, only_pool]);
    let _router = router(all, pool().await).await;
    let log = written.take();
    let warned = lines(&log, "holds a connection of a pool");
    assert_eq!(warned.len(), 2, "{log}");
    for (line, route, path) in [
        (
            &warned[0],
            r#"route="/v1/books" endpoint="logs::hold_and_wait::create""#,
            "by `Report` -> `Stock` -> `catalog: Arc<Catalog>` -> `pool: SqlitePool`: ",
        ),
        (
            &warned[1],
            r#"route="/v1/counted""#,
            "by `counted` -> `Report` -> `Stock` -> `catalog: Arc<Catalog>` -> `pool: SqlitePool`: ",
        ),
    ] {
        assert!(line.contains("WARN") && line.contains(route) && line.contains(path), "{line}");
        assert!(line.contains("`Tx`, which `Books` at ") && line.contains("hold_and_wait.rs:"), "{line}");
    }
}

/// The pool has one connection. Each request that gets it waits for another one, and the others wait for it.
#[tokio::test]
async fn the_log_of_a_request_that_waits_for_itself_names_the_holder() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    let pool = pool().await;
    let router = router(routes![create, only_unit, only_pool], pool.clone()).await;
    written.take();
    let answers = join_all((0..8).map(|_| respond(&router, request("POST", "/books")))).await;
    for answer in &answers {
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    let log = written.take();
    let own = lines(
        &log,
        "the request itself holds a connection in its `Tx<Sqlite>`: use that handle, or end it before",
    );
    assert!(!own.is_empty(), "{log}");
    for line in &own {
        assert!(
            line.contains("the shop cannot count its books") && line.contains(r#"route="/books""#),
            "{line}"
        );
    }
    let failed = lines(&log, "a request failed");
    let waiting = lines(&log, "a transaction has not begun: its pool had no connection in time");
    for line in &waiting {
        assert!(
            line.contains("WARN") && line.contains("holds no connection") && line.contains("::create"),
            "{line}"
        );
    }
    assert_eq!((failed.len(), own.len() + waiting.len()), (8, 8), "{log}");
    assert!(failed.iter().all(|line| line.contains("the request itself holds")), "{log}");

    // Afterwards the pool is as before, and nothing is kept.
    let count = respond(&router, request("GET", "/pool")).await;
    assert_eq!(count.status(), StatusCode::OK);
    let _held = pool.acquire().await.expect("the connection");
    assert_eq!(respond(&router, request("GET", "/pool")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let log = written.take();
    assert!(log.contains("the request itself holds no connection in a unit of work"), "{log}");
    assert_eq!(respond(&router, request("POST", "/unit")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let log = written.take();
    assert!(log.contains("holds no connection") && log.contains("::only_unit"), "{log}");
}

#[get("/ended", public)]
async fn ended(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    #[layering(allow, reason = "a test of the transaction itself")] Inject(pool): Inject<SqlitePool>,
) -> Result<(), ShopError> {
    drop(tx.acquire().await?);
    tx.rollback().await?;
    let _held = pool.acquire().await?;
    pool.acquire().await?;
    Ok(())
}

/// A transaction that has ended holds nothing.
#[tokio::test]
async fn a_transaction_that_has_ended_is_not_named() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    let router = router(routes![ended], pool().await).await;
    let log = written.take();
    assert!(log.contains("by `pool: SqlitePool`: "), "{log}");
    assert_eq!(respond(&router, request("GET", "/ended")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let log = written.take();
    assert!(log.contains("the request itself holds no connection"), "{log}");
}
