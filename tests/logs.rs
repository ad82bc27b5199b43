//! Log events. A program of its own: `tracing` caches for the whole process whether a callsite is of
//! interest, so a test that reads log events must not share a process with tests that have no subscriber.

// Shared with the test `behavior`, which uses the rest.
#[allow(dead_code)]
#[path = "behavior/support/mod.rs"]
mod support;

#[path = "logs/attempts.rs"]
mod attempts;
#[path = "logs/database.rs"]
mod database;
#[path = "logs/endpoint.rs"]
mod endpoint;
#[path = "logs/hold_and_wait.rs"]
mod hold_and_wait;

use std::{
    error::Error,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{http::StatusCode, response::IntoResponse};
use inject_runtime::{
    BackgroundTasks, Bearer, Inject, NewScope, Problem, Routes, ToProblem, get, inject, routes, service,
    tx::Tx,
};
use sqlx::Sqlite;
use tracing::Level;

use crate::support::{
    database::{Database, Shop, ShopError, Store},
    get,
};

/// Writer that keeps the formatted log events.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// Returns a subscriber that writes events of at least `level` to this writer.
    fn subscriber(&self, level: Level) -> impl tracing::Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish()
    }

    /// Removes and returns the events.
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("text")
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the events that `f` logs.
fn logged(f: impl FnOnce()) -> String {
    let written = Written::default();
    tracing::subscriber::with_default(written.subscriber(Level::DEBUG), f);
    written.take()
}

#[derive(Clone)]
struct Exploding;

#[inject]
fn explode() -> Exploding {
    panic!("cannot read /etc/shop/key.pem")
}

#[get("/panic", public)]
async fn of_exploding(_: Exploding) {}

#[get("/panic/in-handler", public)]
async fn exploding() {
    panic!("cannot read /etc/shop/key.pem")
}

#[get("/panic/in-guard", public)]
async fn behind_exploding() {}

#[get("/exhausted", public)]
async fn exhausted(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Inject(shop): Inject<Shop>,
) -> Result<(), ShopError> {
    shop.order(&mut tx, "pen").await
}

#[get("/sql", public)]
async fn misread(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), ShopError> {
    sqlx::query("SELECT secret FROM vault").execute(&mut tx).await?;
    Ok(())
}

#[tokio::test]
async fn an_internal_failure_is_a_500_without_details_and_the_log_has_them() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::ERROR));

    let database = Database::with_acquire_timeout(1, Duration::from_millis(50)).await;
    let routes: Routes<Store> = routes![of_exploding, exploding, exhausted, misread];
    let routes = routes.merge(routes![behind_exploding].guard::<Exploding>());
    let (app, _) = database.routed(routes).await;
    for path in ["/panic", "/panic/in-handler", "/panic/in-guard"] {
        get(&app, path).await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
        let log = written.take();
        assert!(log.contains("cannot read /etc/shop/key.pem"), "{path}: {log}");
    }

    get(&app, "/sql").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    let log = written.take();
    assert!(log.contains("the orders cannot be stored") && log.contains("no such table: vault"), "{log}");

    let connection = database.pool.acquire().await.expect("the only one");
    get(&app, "/exhausted").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    let log = written.take();
    assert!(log.contains("pool timed out"), "{log}");
    drop(connection);
    assert_eq!(get(&app, "/exhausted").await.status, StatusCode::OK);
    assert_eq!(database.items().await, ["pen"]);
}

#[service(scope = request)]
struct Report {}

#[get("/tasks", public)]
async fn failing_tasks(tasks: BackgroundTasks, report: NewScope<Report>, bearer: NewScope<Bearer>) {
    tasks.add_scoped("report", report.clone(), async |_| Err::<(), _>(io::Error::other("out of paper")));
    tasks.add_scoped("of a user", bearer, async |_| {});
    tasks.add_scoped("fine", report, async |_| {});
}

#[tokio::test]
async fn a_task_that_fails_is_logged_with_its_name() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::WARN));
    let routes: Routes<Store> = routes![failing_tasks];
    let tasks = routes.tasks();
    let (app, _) = Database::with_acquire_timeout(1, Duration::from_secs(1)).await.routed(routes).await;
    assert_eq!(get(&app, "/tasks").await.status, StatusCode::OK);
    tasks.drain(Duration::from_secs(10)).await.expect("nothing hangs");
    let log = written.take();
    let mut lines: Vec<_> = log.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(
        lines[0].contains("task=\"of a user\"") && lines[0].contains("Bearer` could not be extracted"),
        "{log}"
    );
    assert!(lines[1].contains("task=\"report\"") && lines[1].contains("out of paper"), "{log}");
}

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("row {row} of table orders is locked by {owner}")]
    #[problem(status = CONFLICT, detail = "order {row} is being changed")]
    Locked { row: u64, owner: &'static str },
    #[error("the database said no")]
    Storage(#[source] io::Error),
}

#[test]
fn a_server_error_is_logged_at_error_with_all_its_causes() {
    let error = OrderError::Storage(io::Error::other("connection refused"));
    let log = logged(|| assert_eq!(error.into_response().status(), 500));
    assert!(log.contains("ERROR"), "{log}");
    assert!(log.contains("status=500 error=the database said no causes=connection refused"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn a_client_error_is_logged_at_debug() {
    let log =
        logged(|| assert_eq!(OrderError::Locked { row: 7, owner: "ada" }.into_response().status(), 409));
    assert!(log.contains("DEBUG"), "{log}");
    assert!(log.contains("error=row 7 of table orders is locked by ada"), "{log}");
}

/// Error that is its own source.
#[derive(Debug)]
struct Ouroboros;

impl fmt::Display for Ouroboros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bite")
    }
}

impl Error for Ouroboros {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

impl ToProblem for Ouroboros {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[test]
fn an_endless_chain_of_causes_is_truncated() {
    let log = logged(|| assert_eq!(Problem::respond_to(&Ouroboros).status(), 500));
    assert!(log.contains("bite: bite: ..") && log.len() < 1000, "{log}");
}
