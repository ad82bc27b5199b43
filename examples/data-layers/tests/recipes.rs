//! The recipes: a success commits, a failure leaves nothing, on one connection.

use std::{
    env,
    io::{self, Write as _},
    sync::Arc,
};

use axum::{Router, body::Body, http::Request, http::StatusCode};
use data_layers::{
    with_diesel::{self, Diesel, DieselError},
    with_sea_orm::{self, Orm, OrmError},
};
use diesel_async::{
    AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
    pooled_connection::{AsyncDieselConnectionManager, deadpool::Pool},
};
use inject_runtime::{Routes, container, post, routes};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use tower::ServiceExt as _;

#[post("/emma/{other}", public)]
async fn add_with_sea_orm(
    axum::extract::Path(other): axum::extract::Path<String>,
    library: with_sea_orm::Library,
) -> Result<(), OrmError> {
    library.add(&[&other, "Emma"]).await
}

#[container]
struct OrmApp {
    #[input]
    orm: Orm,
}

#[post("/emma/{other}", public)]
async fn add_with_diesel(
    axum::extract::Path(other): axum::extract::Path<String>,
    library: with_diesel::Library,
) -> Result<(), DieselError> {
    library.add(&[&other, "Emma"]).await
}

#[container]
struct DieselApp {
    #[input]
    pool: Diesel,
}

async fn post(router: &Router, path: &str) -> StatusCode {
    let request = Request::post(path).body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("infallible").status()
}

/// The second request adds a book, and then one that is there: it leaves neither.
async fn check(router: &Router) {
    assert_eq!(post(router, "/emma/Persuasion").await, StatusCode::OK);
    assert_eq!(post(router, "/emma/Sanditon").await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn sea_orm_on_sqlite() {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    let orm = Orm(Database::connect(options).await.expect("a database"));
    orm.0.execute_unprepared("CREATE TABLE book (title TEXT UNIQUE)").await.expect("a new table");
    let app: Arc<OrmApp> =
        OrmApp::builder(OrmAppInputs { orm: orm.clone() }).build().await.expect("nothing fails");
    let routes: Routes<OrmApp> = routes![add_with_sea_orm];
    check(&routes.into_router(app)).await;
    let count = "SELECT title FROM book";
    let rows =
        orm.0.query_all_raw(sea_orm::Statement::from_string(orm.0.get_database_backend(), count)).await;
    assert_eq!(rows.expect("it reads").len(), 2);
}

#[tokio::test]
async fn diesel_on_postgres() {
    let url = env::var("DATABASE_URL").unwrap_or_default();
    if !url.starts_with("postgres") {
        writeln!(io::stderr(), "NOT RUN: diesel_on_postgres: DATABASE_URL is not the URL of a PostgreSQL")
            .expect("stderr is there");
        return;
    }
    let pool = Pool::builder(AsyncDieselConnectionManager::<AsyncPgConnection>::new(url))
        .max_size(1)
        .build()
        .expect("a pool");
    // The one connection of the pool keeps its schema.
    let sql = "DROP SCHEMA IF EXISTS inject_recipe CASCADE; CREATE SCHEMA inject_recipe;
        SET search_path TO inject_recipe; CREATE TABLE book (title TEXT UNIQUE)";
    pool.get().await.expect("a connection").batch_execute(sql).await.expect("a new table");
    let app = DieselApp::builder(DieselAppInputs { pool: Diesel(pool.clone()) }).build().await;
    let app: Arc<DieselApp> = app.expect("nothing fails");
    let routes: Routes<DieselApp> = routes![add_with_diesel];
    check(&routes.into_router(app)).await;
    let mut connection = pool.get().await.expect("the connection");
    let deleted = diesel::sql_query("DELETE FROM book").execute(&mut *connection).await;
    assert_eq!(deleted.expect("it writes"), 2);
}
