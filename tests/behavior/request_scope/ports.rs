//! Ports of the request scope: `Port<dyn P>` in a component, `PerRequest<dyn P>` in the container.

use std::{future::pending, io, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::post as plain_post};
use futures_util::future::BoxFuture;
use inject_runtime::{
    BoxError, Inject, Outcome, PerRequest, Port, Problem, RequestScope, RequestScopeLayer, Routes, Teardown,
    container, infrastructure, inject, post, repository, routes, service, tx::Tx,
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::{Log, bounded, request, send};

/// Port over the unit of work. It is not `Sync`.
#[repository(scope = request)]
trait Users: Send {
    fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>>;
}

#[service(scope = request)]
struct Registration {
    users: Port<dyn Users>,
    audit: Port<dyn Audit>,
}

impl Registration {
    async fn register(&mut self, name: &str) -> Result<(), Problem> {
        self.users.add(name).await.map_err(|_| Problem::new(StatusCode::CONFLICT))?;
        self.audit.note(&format!("registered {name}"));
        Ok(())
    }
}

/// Resource that logs the outcome.
#[derive(Clone)]
struct Lease(Log);

impl Teardown for Lease {
    type Error = io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), io::Error> {
        self.0.add(format!("{outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
fn lease(Inject(log): Inject<Log>) -> Lease {
    Lease(log)
}

/// Value that is provided once for each request, however often it is asked for.
#[derive(Clone)]
struct Stamp(usize);

#[inject]
fn stamp(Inject(log): Inject<Log>) -> Stamp {
    Stamp(log.add("stamp"))
}

#[repository(scope = request)]
struct SqlUsers {
    tx: Tx<Sqlite>,
    stamp: Stamp,
    lease: Lease,
}

impl Users for SqlUsers {
    fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        let _ = (&self.stamp, &self.lease);
        Box::pin(async move {
            sqlx::query("INSERT INTO names VALUES (?)").bind(name).execute(&mut self.tx).await.map(drop)
        })
    }
}

#[repository(scope = request)]
trait Audit: Send {
    fn note(&mut self, what: &str);
}

#[infrastructure(scope = request)]
trait Sink: Send {
    fn write(&mut self, line: String);
}

/// Behind a port, and takes another.
#[repository(scope = request)]
struct Journal {
    stamp: Stamp,
    sink: Port<dyn Sink>,
}

impl Audit for Journal {
    fn note(&mut self, what: &str) {
        self.sink.write(format!("{}: {what}", self.stamp.0));
    }
}

#[infrastructure(scope = request)]
struct LogSink {
    log: Inject<Log>,
}

impl Sink for LogSink {
    fn write(&mut self, line: String) {
        self.log.add(line);
    }
}

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
    #[bind(Journal)]
    audit: PerRequest<dyn Audit>,
    #[bind(LogSink)]
    sink: PerRequest<dyn Sink>,
}

async fn pool() -> SqlitePool {
    // One connection: a second transaction would wait for the first.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect("sqlite::memory:")
        .await
        .unwrap();
    sqlx::query("CREATE TABLE names (name TEXT UNIQUE)").execute(&pool).await.unwrap();
    pool
}

async fn app() -> Arc<App> {
    App::builder(AppInputs { pool: pool().await, log: Log::default() }).build().await.unwrap()
}

async fn names(app: &App) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM names ORDER BY name").fetch_all(&app.pool).await.unwrap()
}

#[post("/one", public)]
async fn one(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await
}

#[post("/twice", public)]
async fn twice(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await?;
    registration.register("Ada").await
}

#[post("/panic", public)]
async fn panicking(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await?;
    panic!("after the write");
}

#[post("/hang", public)]
async fn hanging(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await?;
    pending().await
}

fn all() -> Routes<App> {
    routes![one, twice, panicking, hanging, two_services]
}

/// Another service over the same ports.
#[service(scope = request)]
struct Import {
    users: Port<dyn Users>,
    audit: Port<dyn Audit>,
}

#[post("/two", public)]
async fn two_services(mut registration: Registration, mut import: Import) -> Result<(), Problem> {
    registration.register("Ada").await?;
    import.audit.note("imports");
    import.users.add("Emmy").await.map_err(|_| Problem::new(StatusCode::CONFLICT))
}

#[tokio::test]
async fn a_service_over_the_unit_of_work_commits_through_a_port() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada"]);
    assert_eq!(app.log.take(), ["stamp", "0: registered Ada", "Success"], "the stamp is shared");
}

#[tokio::test]
async fn a_service_over_the_unit_of_work_rolls_back_through_a_port() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/twice")).await.status, StatusCode::CONFLICT);
    assert_eq!(send(&router, request("POST", "/panic")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(names(&app).await.is_empty());
    let events = app.log.take();
    assert_eq!(events, ["stamp", "0: registered Ada", "Failure(409)", "stamp", "1: registered Ada", "Panic"]);
}

#[tokio::test]
async fn what_is_behind_a_port_is_closed_when_the_client_leaves() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    let left =
        tokio::time::timeout(Duration::from_millis(200), send(&router, request("POST", "/hang"))).await;
    assert!(left.is_err(), "it hangs");
    app.log.until("Cancelled").await;
    assert!(bounded(names(&app)).await.is_empty());
}

#[tokio::test]
async fn each_dependent_has_an_implementation_of_its_own_in_one_unit_of_work() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/two")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada", "Emmy"]);
    let events = app.log.take();
    assert_eq!(events, ["stamp", "0: registered Ada", "0: imports", "Success"], "one stamp, one lease");
}

#[tokio::test]
async fn a_port_is_resolved_without_a_request() {
    let app = app().await;
    RequestScope::of(&app)
        .run(async |mut registration: Registration| registration.register("Ada").await.map_err(|_| failed()))
        .await
        .unwrap();
    assert_eq!(names(&app).await, ["Ada"]);
}

fn failed() -> BoxError {
    "the name is taken".into()
}

/// The fake of a unit test: three lines.
struct Taken;
impl Users for Taken {
    fn add<'a>(&'a mut self, _: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        Box::pin(async { Err(sqlx::Error::RowNotFound) })
    }
}

struct Silent;

impl Audit for Silent {
    fn note(&mut self, _: &str) {}
}

#[tokio::test]
async fn a_unit_test_puts_a_fake_behind_the_port() {
    let mut registration = Registration::new(Port::new(Taken), Port::new(Silent));
    assert_eq!(registration.register("Ada").await.unwrap_err().status(), StatusCode::CONFLICT);
}

#[test]
fn a_port_is_made_of_a_box_and_gives_it_back() {
    let port: Port<dyn Audit> = Port::from(Box::new(Silent) as Box<dyn Audit>);
    assert!(format!("{port:?}").contains("Port"));
    port.into_inner().note("nothing");
}

#[tokio::test]
async fn a_router_overrides_what_is_behind_a_port() {
    let app = app().await;
    let router = all().override_provider(|_| Port::<dyn Users>::new(Taken)).into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::CONFLICT);
    assert!(app.log.is_empty() || app.log.take() == ["stamp"], "the implementation does not run");
    assert!(names(&app).await.is_empty());
}

/// Replaces what is behind the port of a port.
struct Shout(Log);

impl Sink for Shout {
    fn write(&mut self, line: String) {
        self.0.add(line.to_uppercase());
    }
}

#[tokio::test]
async fn an_override_applies_at_any_depth() {
    let app = app().await;
    let log = app.log.clone();
    let router = all()
        .override_provider(move |_| Port::<dyn Sink>::new(Shout(log.clone())))
        .into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::OK);
    assert_eq!(app.log.take(), ["stamp", "0: REGISTERED ADA", "Success"]);
}

#[tokio::test]
async fn an_override_of_a_port_rejects_and_an_override_of_the_component_applies() {
    let app = app().await;
    let router = all()
        .override_provider(|_| Err::<Port<dyn Users>, _>(Problem::new(StatusCode::IM_A_TEAPOT)))
        .into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::IM_A_TEAPOT);
    let router =
        all().override_provider(|_| Err::<Journal, _>(StatusCode::GONE)).into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::GONE);
    assert!(names(&app).await.is_empty());
}

async fn plain(mut registration: Registration, mut sink: Port<dyn Sink>) -> Result<(), Problem> {
    sink.write("plain".to_owned());
    registration.register("Ada").await
}

#[tokio::test]
async fn a_plain_handler_takes_a_port() {
    let app = app().await;
    let routes: Routes<App> = Routes::new();
    let router = Router::new()
        .route("/plain", plain_post(plain))
        .layer(RequestScopeLayer::new(routes.tasks()))
        .with_state(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/plain")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada"]);
    assert_eq!(app.log.take(), ["stamp", "plain", "0: registered Ada", "Success"]);
}

#[test]
fn the_table_and_the_graph_show_ports() {
    let routes = all();
    let table = routes.table();
    assert_eq!(table.rows()[0].injects, ["Registration"]);
    let view = routes.graph().view();
    let has = |from: &str, to: &str| view.edges().iter().any(|edge| edge.from == from && edge.to == to);
    assert!(has("Registration", "users"), "{view:?}");
    assert!(has("users", "SqlUsers"), "{view:?}");
    assert!(has("audit", "Journal") && has("Journal", "sink") && has("sink", "LogSink"), "{view:?}");
    assert_eq!(view.start_order(), ["pool", "log"], "nothing is built for a port");
    let users = view.vertices().iter().find(|vertex| vertex.id == "users").unwrap();
    assert_eq!((users.layer, users.scope.name()), (Some("Repository"), "request"));
    assert!(
        App::graph().to_mermaid().contains("users -.->|bound| SqlUsers"),
        "{}",
        App::graph().to_mermaid()
    );
    assert!(App::graph().to_json().contains("\"recipe\": \"per request\""));
}
