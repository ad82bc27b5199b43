//! Several pools: under qualifiers, and from providers.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::{HeaderMap, Request, StatusCode, request::Parts},
    response::Response,
};
use inject_runtime::{
    BoxError, Inject, Problem, Qualified, RequestScope, Routes, container, get, in_layer, inject,
    layer::{Common, Infrastructure},
    post, repository, routes, service,
    tx::{HasPool, Immediate, IsolatedTx, ReadTx, Serializable, Tx, UnitOfWork},
};
use sqlx::{Sqlite, SqlitePool};

use super::databases::{count, in_memory};
use crate::support::{Answer, Log, request, send};

/// Qualifier of the pool for reads.
struct Replica;

type ReplicaPool = Qualified<SqlitePool, Replica>;

/// Pools of the tenants, by name.
#[in_layer(Infrastructure)]
#[derive(Clone, Default)]
struct TenantPools(Arc<HashMap<&'static str, SqlitePool>>);

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    #[qualifier(Replica)]
    replica: SqlitePool,
    #[input]
    tenants: TenantPools,
    #[input]
    log: Log,
}

#[derive(Clone)]
struct Tenant(String);

#[inject(layer = Common)]
async fn tenant(headers: HeaderMap) -> Result<Tenant, Problem> {
    tokio::task::yield_now().await;
    let name = headers.get("x-tenant").and_then(|value| value.to_str().ok());
    name.map(|name| Tenant(name.to_owned())).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST))
}

/// Pool of the tenant of the request.
#[derive(Clone)]
struct TenantPool(SqlitePool);

impl HasPool for TenantPool {
    type Database = Sqlite;

    fn pool(&self) -> &SqlitePool {
        &self.0
    }
}

#[inject(layer = Infrastructure)]
async fn tenant_pool(
    Tenant(name): Tenant,
    Inject(pools): Inject<TenantPools>,
    Inject(log): Inject<Log>,
) -> Result<TenantPool, Problem> {
    log.add("tenant_pool");
    let pool = pools.0.get(&*name).cloned();
    pool.map(TenantPool).ok_or_else(|| Problem::new(StatusCode::NOT_FOUND))
}

/// Pool that a provider without anything to wait for returns.
#[derive(Clone)]
struct FirstPool(SqlitePool);

impl HasPool for FirstPool {
    type Database = Sqlite;

    fn pool(&self) -> &SqlitePool {
        &self.0
    }
}

#[inject(layer = Infrastructure)]
fn first_pool(Inject(pools): Inject<TenantPools>) -> FirstPool {
    FirstPool(pools.0["first"].clone())
}

#[derive(Debug, thiserror::Error, Problem)]
#[error(transparent)]
#[problem(transparent)]
struct BookError(#[from] sqlx::Error);

/// One repository for all pools.
#[repository(scope = request)]
struct Books<P> {
    tx: Tx<Sqlite, P>,
}

impl<P> Books<P> {
    async fn add(&mut self, title: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut self.tx).await?;
        Ok(())
    }
}

#[repository(scope = request)]
struct Reports {
    tx: ReadTx<Sqlite, ReplicaPool>,
}

impl Reports {
    async fn count(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut self.tx).await
    }
}

#[service(scope = request)]
struct Library {
    books: Books<TenantPool>,
    same: Books<TenantPool>,
    shared: Books<SqlitePool>,
    reports: Reports,
    unit: UnitOfWork<Sqlite, TenantPool>,
    log: Inject<Log>,
}

impl Library {
    async fn add(&mut self, title: &str) -> sqlx::Result<i64> {
        let (log, later) = (self.log.0.clone(), self.log.0.clone());
        self.unit.on_commit(async move {
            log.add("tenant committed");
        });
        self.shared.tx.on_commit(async move {
            later.add("shared committed");
        });
        self.books.add(title).await?;
        self.shared.add(title).await?;
        if title == "twice" {
            self.same.add(title).await?;
        }
        self.reports.count().await
    }
}

#[post("/books/{title}", public)]
async fn add(Path(title): Path<String>, mut library: Library) -> Result<String, BookError> {
    Ok(library.add(&title).await?.to_string())
}

#[post("/first", public)]
async fn first(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite, FirstPool>,
    #[layering(allow, reason = "a test of the transaction itself")] mut immediate: IsolatedTx<
        Sqlite,
        Immediate,
        FirstPool,
    >,
) -> Result<(), BookError> {
    sqlx::query("INSERT INTO book VALUES ('Emma')").execute(&mut tx).await?;
    sqlx::query("INSERT INTO book VALUES ('Persuasion')").execute(&mut immediate).await?;
    Ok(())
}

/// Extractor by hand, which receives only the parts of the request.
struct Opaque;

impl FromRequestParts<Arc<App>> for Opaque {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let mut tx = Tx::<Sqlite, TenantPool>::from_request_parts(parts, app).await?;
        let insert = sqlx::query("INSERT INTO book VALUES ('opaque')").execute(&mut tx).await;
        insert.map(|_| Self).map_err(|error| Problem::respond_to(&error))
    }
}

#[post("/opaque", public)]
async fn opaque(
    _: Opaque,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: ReadTx<Sqlite, TenantPool>,
) -> Result<String, BookError> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut tx).await?;
    Ok(count.to_string())
}

#[derive(Clone)]
struct Serial;

#[inject(layer = Infrastructure)]
fn serial(_: IsolatedTx<Sqlite, Serializable, ReplicaPool>) -> Serial {
    Serial
}

#[get("/levels", public)]
async fn levels(
    #[layering(allow, reason = "a test of the transaction itself")] _: Serial,
    #[layering(allow, reason = "a test of the transaction itself")] _: IsolatedTx<Sqlite, Immediate>,
) {
}

#[get("/contradiction", public)]
async fn contradiction(
    #[layering(allow, reason = "a test of the transaction itself")] _: Serial,
    #[layering(allow, reason = "a test of the transaction itself")] _: IsolatedTx<
        Sqlite,
        Immediate,
        ReplicaPool,
    >,
) {
}

struct Pools {
    shared: SqlitePool,
    replica: SqlitePool,
    first: SqlitePool,
    second: SqlitePool,
    log: Log,
}

/// Four databases in memory, of one connection each: a second transaction on one would wait for the first.
async fn pools() -> Pools {
    Pools {
        shared: in_memory().await,
        replica: in_memory().await,
        first: in_memory().await,
        second: in_memory().await,
        log: Log::default(),
    }
}

async fn app(pools: &Pools) -> Arc<App> {
    let tenants = HashMap::from([("first", pools.first.clone()), ("second", pools.second.clone())]);
    let inputs = AppInputs {
        pool: pools.shared.clone(),
        replica: pools.replica.clone(),
        tenants: TenantPools(Arc::new(tenants)),
        log: pools.log.clone(),
    };
    App::builder(inputs).build().await.expect("nothing fails")
}

async fn router(routes: Routes<App>) -> (Router, Pools) {
    let pools = pools().await;
    (routes.into_router(app(&pools).await), pools)
}

async fn post_as(router: &Router, tenant: &str, path: &str) -> Answer {
    let request = Request::builder().method("POST").uri(path).header("x-tenant", tenant);
    send(router, request.body(axum::body::Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_request_has_a_transaction_on_each_pool() {
    let (router, pools) = router(routes![add]).await;
    sqlx::query("INSERT INTO book VALUES ('a book of the replica')")
        .execute(&pools.replica)
        .await
        .expect("new");
    let answer = post_as(&router, "first", "/books/Emma").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "1"), "read from the replica");
    assert_eq!(post_as(&router, "second", "/books/Persuasion").await.status, StatusCode::OK);
    assert_eq!(
        (count(&pools.first).await, count(&pools.second).await, count(&pools.shared).await),
        (1, 1, 2)
    );
    pools.log.until("shared committed").await;
    assert_eq!(pools.log.count("tenant committed"), 2);
    assert_eq!(pools.log.count("tenant_pool"), 2, "once in each request");
}

#[tokio::test]
async fn a_failure_rolls_back_all_of_them() {
    let (router, pools) = router(routes![add]).await;
    assert_eq!(post_as(&router, "first", "/books/twice").await.status, StatusCode::CONFLICT);
    assert_eq!((count(&pools.first).await, count(&pools.shared).await), (0, 0));
    assert_eq!(post_as(&router, "first", "/books/Emma").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_provider_that_rejects_ends_the_request() {
    let (router, pools) = router(routes![add]).await;
    assert_eq!(post_as(&router, "third", "/books/Emma").await.status, StatusCode::NOT_FOUND);
    let without = send(&router, request("POST", "/books/Emma")).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    assert_eq!(count(&pools.shared).await, 0);
}

#[tokio::test]
async fn handles_of_all_levels_are_one_transaction_on_a_pool_of_a_provider() {
    let (router, pools) = router(routes![first, opaque]).await;
    assert_eq!(send(&router, request("POST", "/first")).await.status, StatusCode::OK);
    assert_eq!(count(&pools.first).await, 2);
    let seen = post_as(&router, "second", "/opaque").await;
    assert_eq!((seen.body.as_str(), count(&pools.second).await), ("1", 1));
}

#[tokio::test]
async fn a_test_overrides_the_pool_of_a_provider() {
    let pools = pools().await;
    let second = pools.second.clone();
    let routes: Routes<App> = routes![add];
    let router = routes.override_provider(move |_| TenantPool(second.clone())).into_router(app(&pools).await);
    assert_eq!(post_as(&router, "first", "/books/Emma").await.status, StatusCode::OK);
    assert_eq!((count(&pools.first).await, count(&pools.second).await), (0, 1));
}

#[tokio::test]
async fn a_scope_without_a_request_has_them_too() {
    let pools = pools().await;
    let app = app(&pools).await;
    let mut tx = Tx::new(TenantPool(pools.first.clone()));
    RequestScope::of(&app)
        .with(tx.clone())
        .with(Tenant("second".to_owned()))
        .run(async |mut library: Library| library.add("Emma").await.map_err(BoxError::from))
        .await
        .expect("a new book");
    assert_eq!((count(&pools.second).await, count(&pools.shared).await), (0, 1));
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut tx).await.expect("it is open");
    assert_eq!(seen, 1);
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pools.first).await, 1);
}

/// Two levels are a contradiction on one pool only, whose name is in the message.
#[tokio::test]
async fn levels_are_compared_on_each_pool() {
    let (router, _) = router(routes![levels]).await;
    assert_eq!(send(&router, request("GET", "/levels")).await.status, StatusCode::OK);
    let app = app(&pools().await).await;
    let routes: Routes<App> = routes![contradiction];
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| routes.into_router(app)));
    let panic = refused.expect_err("two levels");
    let message = panic.downcast_ref::<String>().expect("a message");
    for part in [
        "`IsolatedTx<Sqlite, Serializable, Qualified<Pool<Sqlite>, Replica>>`, which `serial` at ",
        "`IsolatedTx<Sqlite, Immediate, Qualified<Pool<Sqlite>, Replica>>`, which `contradiction` at ",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn the_graph_names_the_pools() {
    let routes: Routes<App> = routes![add];
    let graph = routes.graph().to_mermaid();
    for part in ["TenantPool", "tenant_pool", "replica"] {
        assert!(graph.contains(part), "{part} in {graph}");
    }
}
