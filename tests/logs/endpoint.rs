//! What the line of an error says about the endpoint in which it happened.

use std::{io, time::Duration};

use axum::{Router, http::StatusCode};
use inject_runtime::{BackgroundTasks, Outcome, Problem, Routes, Tasks, Teardown, get, inject, post, routes};
use tracing::Level;

use super::Written;
use crate::support::{App, Log, app, request, respond, routed};

#[derive(Debug, thiserror::Error, Problem)]
#[error("the shop is on fire")]
#[problem(status = 503)]
struct OnFire;

#[derive(Clone)]
struct Extinguisher;

#[inject]
async fn extinguisher() -> Result<Extinguisher, OnFire> {
    tokio::task::yield_now().await;
    Err(OnFire)
}

#[derive(Clone)]
struct Safe;

#[inject]
fn safe(_: Extinguisher) -> Safe {
    Safe
}

#[post("/orders/{id}", public)]
async fn order() -> Result<(), OnFire> {
    Err(OnFire)
}

#[get("/safe", public)]
async fn open_safe(_: Safe) {}

#[get("/panic", public)]
async fn explode() {
    panic!("boom")
}

/// Resource that cannot be closed.
#[derive(Clone)]
struct Jammed;

impl Teardown for Jammed {
    type Error = io::Error;

    async fn teardown(self, _: Outcome) -> io::Result<()> {
        Err(io::Error::other("the door is jammed"))
    }
}

#[inject(teardown)]
fn jammed() -> Jammed {
    Jammed
}

#[get("/jammed", public)]
async fn open_jammed(_: Jammed) {}

#[get("/jammed/forever", public)]
async fn hold_jammed(_: Jammed) {
    std::future::pending::<()>().await;
}

#[get("/later", public)]
async fn later(tasks: BackgroundTasks) {
    tasks.add("sweep", async { panic!("no broom") });
}

#[get("/wait", public)]
async fn wait() {
    tokio::time::sleep(Duration::from_millis(30)).await;
}

fn all() -> Routes<App> {
    Routes::new()
        .nest("/v1", routes![order, open_safe, explode, open_jammed, hold_jammed, later])
        .merge(routes![wait])
}

#[tokio::test]
async fn the_line_of_an_error_names_the_endpoint_the_route_and_the_provider() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::ERROR));
    let all = all();
    let tasks = all.tasks();
    let (router, _) = routed(all).await;

    let status = respond(&router, request("POST", "/v1/orders/7")).await.status();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let expected = r#"error=the shop is on fire method="POST" route="/v1/orders/{id}" endpoint="logs::endpoint::order" "#;
    let log = written.take();
    assert!(log.contains(expected.trim_end()) && !log.contains("provider"), "{log}");

    respond(&router, request("GET", "/v1/safe")).await;
    let expected =
        r#"method="GET" route="/v1/safe" endpoint="logs::endpoint::open_safe" provider="extinguisher""#;
    let log = written.take();
    assert!(log.contains(expected), "{log}");

    respond(&router, request("GET", "/v1/panic")).await;
    let log = written.take();
    assert!(log.contains(r#"panic="boom" method="GET" route="/v1/panic""#), "{log}");

    respond(&router, request("GET", "/v1/jammed")).await;
    let log = written.take();
    assert!(log.contains("the door is jammed") && log.contains(r#"route="/v1/jammed""#), "{log}");

    respond(&router, request("GET", "/v1/later")).await;
    tasks.drain(Duration::from_secs(5)).await.expect("it panics");
    let log = written.take();
    assert!(log.contains("no broom") && log.contains(r#"endpoint="logs::endpoint::later""#), "{log}");
}

/// The teardown runs in a task.
#[tokio::test]
async fn the_teardown_of_a_canceled_request_names_the_endpoint() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::ERROR));
    let all = all();
    let tasks: Tasks = all.tasks();
    let (router, _) = routed(all).await;
    let request = respond(&router, request("GET", "/v1/jammed/forever"));
    assert!(tokio::time::timeout(Duration::from_millis(20), request).await.is_err());
    tasks.drain(Duration::from_secs(5)).await.expect("it ends");
    let log = written.take();
    assert!(log.contains("jammed") && log.contains(r#"route="/v1/jammed/forever""#), "{log}");
}

/// On one thread, while another request waits.
#[tokio::test]
async fn requests_at_once_do_not_share_their_names() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::ERROR));
    let (router, _) = routed(all()).await;
    let slow = respond(&router, request("GET", "/wait"));
    let failing = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        // Outside of an endpoint.
        _ = Problem::respond_to(&Outside);
        assert!(!written.take().contains("route"));
        respond(&router, request("POST", "/v1/orders/1")).await
    };
    let (slow, _) = tokio::join!(slow, failing);
    assert_eq!(slow.status(), StatusCode::OK);
    let log = written.take();
    assert!(log.contains("/v1/orders/{id}") && !log.contains("/wait"), "{log}");
}

#[derive(Debug, thiserror::Error)]
#[error("outside")]
struct Outside;

impl inject_runtime::ToProblem for Outside {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[tokio::test]
async fn an_endpoint_that_is_a_handler_of_axum_is_named() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::ERROR));
    let log = Log::default();
    let router = Router::new().route("/mounted", axum::routing::post(order)).with_state(app(&log).await);
    respond(&router, request("POST", "/mounted")).await;
    let log = written.take();
    assert!(log.contains(r#"endpoint="logs::endpoint::order""#), "{log}");
}
