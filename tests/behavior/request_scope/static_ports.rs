//! Generic components of the request scope: ports whose implementation the user of the component names.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use inject_runtime::{
    BoxError, Inject, PerRequest, Port, Problem, RequestScope, Routes, container, inject, post, repository,
    routes, service,
    tx::{ReadTx, Tx},
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::{Log, request, send};

/// A trait with async functions, which no trait object has. It has no stereotype: the implementation has the layer.
trait Users: Send {
    fn add(&mut self, name: &str) -> impl Future<Output = sqlx::Result<()>> + Send;
}

/// Value that is provided once for each request, however often it is asked for.
#[derive(Clone)]
struct Stamp(usize);

#[inject]
fn stamp(Inject(log): Inject<Log>) -> Stamp {
    Stamp(log.add("stamp"))
}

/// The component requires what its own code requires.
#[service(scope = request)]
struct Registration<U: Users> {
    users: U,
    stamp: Stamp,
}

impl<U: Users> Registration<U> {
    async fn register(&mut self, name: &str) -> Result<(), Problem> {
        let _ = self.stamp.0;
        self.users.add(name).await.map_err(|_| Problem::new(StatusCode::CONFLICT))
    }
}

/// Generic over what it passes on.
#[service(scope = request)]
struct Import<U: Users, V: Users = U> {
    registration: Registration<U>,
    others: V,
}

#[repository(scope = request)]
struct SqlUsers {
    tx: Tx<Sqlite>,
    stamp: Stamp,
}

impl Users for SqlUsers {
    async fn add(&mut self, name: &str) -> sqlx::Result<()> {
        let _ = self.stamp.0;
        sqlx::query("INSERT INTO names VALUES (?)").bind(name).execute(&mut self.tx).await.map(drop)
    }
}

#[service(scope = request)]
struct Census {
    counts: Counts<Sqlite>,
}

/// Generic over the database.
#[repository(scope = request)]
struct Counts<DB: sqlx::Database> {
    tx: ReadTx<DB>,
}

impl Census {
    async fn count(&mut self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM names").fetch_one(&mut self.counts.tx).await.unwrap()
    }
}

type AppRegistration = Registration<SqlUsers>;

#[post("/one", public)]
async fn one(mut registration: AppRegistration) -> Result<(), Problem> {
    registration.register("Ada").await
}

#[post("/twice", public)]
async fn twice(mut import: Import<SqlUsers>) -> Result<(), Problem> {
    import.registration.register("Ada").await?;
    import.others.add("Ada").await.map_err(|_| Problem::new(StatusCode::CONFLICT))
}

#[post("/counted", public)]
async fn counted(mut census: Census, mut registration: AppRegistration) -> Result<String, Problem> {
    let before = census.count().await;
    registration.register("Ada").await?;
    Ok(format!("{before} {}", census.count().await))
}

/// A generic component behind a port: the container says over what.
#[service(scope = request)]
trait Registering: Send {
    fn register<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<(), Problem>>;
}

impl<U: Users> Registering for Registration<U> {
    fn register<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, Result<(), Problem>> {
        Box::pin(self.register(name))
    }
}

#[post("/behind", public)]
async fn behind(mut registration: Port<dyn Registering>) -> Result<(), Problem> {
    registration.register("Ada").await
}

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
    #[bind(Registration<SqlUsers>)]
    registration: PerRequest<dyn Registering>,
}

fn all() -> Routes<App> {
    routes![one, twice, counted, behind]
}

async fn app() -> Arc<App> {
    // One connection: a second transaction would wait for the first.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::query("CREATE TABLE names (name TEXT UNIQUE)").execute(&pool).await.unwrap();
    App::builder(AppInputs { pool, log: Log::default() }).build().await.unwrap()
}

async fn names(app: &App) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM names ORDER BY name").fetch_all(&app.pool).await.unwrap()
}

#[tokio::test]
async fn a_generic_service_commits_and_rolls_back() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/twice")).await.status, StatusCode::CONFLICT);
    assert!(names(&app).await.is_empty());
    assert_eq!(app.log.take(), ["stamp"], "shared by the three components");
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada"]);
    assert_eq!(app.log.take(), ["stamp"]);
}

#[tokio::test]
async fn a_unit_of_work_knows_what_generic_components_take() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    let answer = send(&router, request("POST", "/counted")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "0 1"));
}

#[tokio::test]
async fn a_container_binds_a_generic_component() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/behind")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada"]);
}

#[tokio::test]
async fn a_generic_component_is_resolved_without_a_request() {
    let app = app().await;
    RequestScope::of(&app)
        .run(async |mut registration: AppRegistration| {
            registration.register("Ada").await.map_err(|_| BoxError::from("the name is taken"))
        })
        .await
        .unwrap();
    assert_eq!(names(&app).await, ["Ada"]);
}

/// The fake of a unit test: three lines.
struct Taken;

impl Users for Taken {
    async fn add(&mut self, _: &str) -> sqlx::Result<()> {
        Err(sqlx::Error::RowNotFound)
    }
}

#[tokio::test]
async fn a_unit_test_names_a_fake() {
    let mut registration = Registration::new(Taken, Stamp(0));
    assert_eq!(registration.register("Ada").await.unwrap_err().status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_router_overrides_what_a_generic_component_takes() {
    let app = app().await;
    let router =
        all().override_provider(|_| Err::<SqlUsers, _>(StatusCode::GONE)).into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::GONE);
    assert_eq!(send(&router, request("POST", "/twice")).await.status, StatusCode::GONE);
}

#[test]
fn the_graph_shows_what_generic_components_take() {
    let view = all().graph().view();
    let has = |from: &str, to: &str| view.edges().iter().any(|edge| edge.from == from && edge.to == to);
    assert!(has("Registration", "SqlUsers"), "{view:?}");
    assert!(has("Import", "Registration") && has("Import", "SqlUsers"), "{view:?}");
    assert!(has("SqlUsers", "stamp"), "{view:?}");
    assert!(has("registration", "Registration"), "{view:?}");
}
