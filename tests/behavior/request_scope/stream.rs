//! Streams that hold a unit of work until they end.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::StatusCode,
    response::sse::{Event, Sse},
};
use futures_util::{Stream, StreamExt as _};
use inject_runtime::{
    Bearer, BoxError, NewScope, Outcome, Problem, Routes, Teardown, container, get, inject, repository,
    routes, service, tx::Tx,
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::{Answer, Log, authorized, bounded, client::Client, connect, respond};

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
}

/// Resource of the scope, whose teardown fails if it is asked to.
#[derive(Clone)]
struct Export(Log);

impl Teardown for Export {
    type Error = std::io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), Self::Error> {
        self.0.add(format!("closed: {outcome:?}"));
        if self.0.count("full disk") > 0 { Err(std::io::Error::other("full disk")) } else { Ok(()) }
    }
}

#[inject(teardown)]
fn export(inject_runtime::Inject(log): inject_runtime::Inject<Log>) -> Export {
    Export(log)
}

#[derive(Clone)]
struct CurrentUser(String);

#[inject]
fn current_user(bearer: Bearer) -> CurrentUser {
    CurrentUser(bearer.token().to_owned())
}

#[repository(scope = request)]
struct Rows {
    tx: Tx<Sqlite>,
}

impl Rows {
    async fn add(&mut self, row: &str) -> sqlx::Result<i64> {
        sqlx::query("INSERT INTO rows VALUES (?)").bind(row).execute(&mut self.tx).await?;
        sqlx::query_scalar("SELECT COUNT(*) FROM rows").fetch_one(&mut self.tx).await
    }
}

#[service(scope = request)]
struct Import {
    user: CurrentUser,
    rows: Rows,
    export: Export,
}

/// Writes three rows, and sends an event for each.
fn import(scope: NewScope<Import>, end: &'static str) -> impl Stream<Item = Result<Event, BoxError>> {
    scope.stream(async move |mut import: Import, items| {
        for row in ["one", "two", "three"] {
            let count = import.rows.add(row).await?;
            items.send(Event::default().data(format!("{}: {count}", import.user.0))).await?;
        }
        match end {
            "fail" => return Err("out of cheese".into()),
            "panic" => panic!("out of cheese"),
            "hang" => std::future::pending().await,
            "full disk" => _ = import.export.0.add("full disk"),
            _ => {}
        }
        Ok::<_, BoxError>(())
    })
}

#[get("/import/{end}", authenticated = CurrentUser)]
async fn start(
    axum::extract::Path(end): axum::extract::Path<String>,
    scope: NewScope<Import>,
) -> Sse<impl Stream<Item = Result<Event, BoxError>>> {
    let ends = ["fail", "panic", "hang", "full disk"];
    Sse::new(import(scope, ends.into_iter().find(|known| *known == end).unwrap_or_default()))
}

/// There is no principal in the scope.
#[get("/rejected", public)]
async fn rejected(scope: NewScope<Import>) -> Result<Body, Problem> {
    Ok(Body::from_stream(import(scope, "").map(|event| event.map(|_| "event"))))
}

async fn app() -> Arc<App> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect("sqlite::memory:")
        .await
        .unwrap();
    sqlx::query("CREATE TABLE rows (name TEXT)").execute(&pool).await.unwrap();
    App::builder(AppInputs { pool, log: Log::default() }).build().await.unwrap()
}

fn all() -> Routes<App> {
    routes![start, rejected]
}

/// Waits for the connection, and so for the end of the transaction.
async fn count(app: &App) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM rows").fetch_one(&app.pool).await.unwrap()
}

#[tokio::test]
async fn what_a_stream_wrote_is_committed_at_its_end() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    let response = respond(&router, authorized("GET", "/import/end", "ada")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(app.log.take(), [""; 0]);
    assert_eq!(Answer::of(response).await.body, "data: ada: 1\n\ndata: ada: 2\n\ndata: ada: 3\n\n");
    assert_eq!((app.log.take(), count(&app).await), (vec!["closed: Success".to_owned()], 3));
}

#[tokio::test]
async fn what_a_stream_wrote_is_rolled_back_when_it_fails() {
    for (end, outcome) in [("fail", "Failure(500)"), ("panic", "Panic")] {
        let app = app().await;
        let router = all().into_router(Arc::clone(&app));
        let response = respond(&router, authorized("GET", &format!("/import/{end}"), "ada")).await;
        let items: Vec<_> = bounded(response.into_body().into_data_stream().collect()).await;
        assert_eq!(items.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, true, false], "{end}");
        assert_eq!((app.log.take(), count(&app).await), (vec![format!("closed: {outcome}")], 0));
    }
}

#[tokio::test]
async fn a_teardown_that_fails_breaks_off_the_body() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    let response = respond(&router, authorized("GET", "/import/full%20disk", "ada")).await;
    let items: Vec<_> = bounded(response.into_body().into_data_stream().collect()).await;
    assert!(items.last().is_some_and(Result::is_err));
    assert_eq!(count(&app).await, 0, "it was opened after the transaction, which is rolled back");
}

#[tokio::test]
async fn a_value_that_cannot_be_extracted_breaks_off_the_body() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    let response = respond(&router, crate::support::request("GET", "/rejected")).await;
    assert_eq!(response.status(), StatusCode::OK, "the scope opens with the body");
    let items: Vec<_> = bounded(response.into_body().into_data_stream().collect()).await;
    assert!(matches!(&items[..], [Err(_)]));
}

#[tokio::test]
async fn what_a_stream_wrote_is_rolled_back_when_its_client_leaves() {
    let app = app().await;
    let mut client: Client = connect(all().into_router(Arc::clone(&app))).await;
    let head = "GET /import/hang HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ada\r\n\r\n";
    client.write(head).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("a response"), 200);
    let mut line = String::new();
    while !line.contains("ada: 3") {
        line.clear();
        let read = tokio::io::AsyncBufReadExt::read_line(&mut client.0, &mut line);
        assert_ne!(bounded(read).await.expect("a connection"), 0);
    }
    drop(client);
    app.log.until("closed: Cancelled").await;
    assert_eq!((app.log.take(), count(&app).await), (vec!["closed: Cancelled".to_owned()], 0));
}

#[tokio::test]
async fn a_stream_that_is_never_polled_opens_nothing() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    drop(respond(&router, authorized("GET", "/import/end", "ada")).await);
    assert_eq!((app.log.take(), count(&app).await), (Vec::new(), 0));
}
