//! Labels for metrics.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use inject_runtime::{
    Inject, ObserveLayer, Outcome, Problem, Routes, Teardown, get, inject, post, require_role, routes,
};
use tower::ServiceExt as _;

use crate::{
    access::roles::Level,
    support::{App, Log, app, request, respond},
};

#[derive(Debug, thiserror::Error, Problem)]
#[error("sold out")]
#[problem(status = 409)]
struct SoldOut;

#[post("/orders/{id}", public)]
async fn order() -> Result<(), SoldOut> {
    Err(SoldOut)
}

#[get("/orders", public)]
async fn orders(Inject(log): Inject<Log>) {
    log.add("orders");
}

#[get("/vault")]
#[require_role(Level::Owner)]
async fn vault() {}

#[get("/panic", public)]
async fn explode() {
    panic!("boom")
}

#[get("/forever", public)]
async fn forever() {
    std::future::pending::<()>().await;
}

#[derive(Clone)]
struct Jammed;

impl Teardown for Jammed {
    type Error = io::Error;

    async fn teardown(self, _: Outcome) -> io::Result<()> {
        Err(io::Error::other("jammed"))
    }
}

#[inject(teardown)]
fn jammed() -> Jammed {
    Jammed
}

#[get("/jammed", public)]
async fn open_jammed(_: Jammed) {}

/// Sends its request on to another router, with all its extensions.
async fn forward(State(router): State<Router>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    parts.uri = "/v1/orders".parse().expect("a path");
    router.oneshot(Request::from_parts(parts, body)).await.unwrap_or_else(|never| match never {})
}

type Lines = Arc<Mutex<Vec<String>>>;

async fn observed() -> (Router, Lines) {
    let lines = Lines::default();
    let observed = Arc::clone(&lines);
    let routes: Routes<App> =
        Routes::new().nest("/v1", routes![order, orders, vault, explode, forever, open_jammed]);
    let log = Log::default();
    let router = routes.into_router(app(&log).await);
    let plain = Router::new().route("/plain", axum::routing::get(forward)).with_state(router.clone());
    let layer = ObserveLayer::new(move |seen| {
        assert!(seen.duration() < Duration::from_mins(1));
        let status = seen.status().map_or(0, |status| status.as_u16());
        let endpoint = seen.endpoint().and_then(|path| path.rsplit("::").next()).unwrap_or("-");
        let line = format!(
            "{} {} {endpoint} [{}] {status} {}",
            seen.method(),
            seen.route().unwrap_or("-"),
            seen.policy().unwrap_or("-"),
            seen.outcome()
        );
        observed.lock().expect("no panic").push(line);
    });
    (router.merge(plain).layer(layer), lines)
}

#[tokio::test]
async fn each_request_is_observed_once_with_its_labels() {
    let (router, lines) = observed().await;
    for (method, path, line) in [
        ("GET", "/v1/orders", "GET /v1/orders orders [public] 200 success"),
        ("POST", "/v1/orders/7?x=1", "POST /v1/orders/{id} order [public] 409 failure"),
        ("GET", "/v1/vault", "GET /v1/vault vault [Owner] 401 rejection"),
        ("GET", "/v1/panic", "GET /v1/panic explode [public] 500 panic"),
        ("GET", "/v1/jammed", "GET /v1/jammed open_jammed [public] 500 failure"),
        ("HEAD", "/v1/orders", "HEAD /v1/orders orders [public] 200 success"),
        ("GET", "/nothing", "GET - - [-] 404 failure"),
        ("DELETE", "/v1/orders", "DELETE - - [-] 405 failure"),
        ("BREW", "/v1/orders", "OTHER - - [-] 405 failure"),
        // The observed request is the outer one, and what it forwards is seen in it.
        ("GET", "/plain", "GET /v1/orders orders [public] 200 success"),
    ] {
        respond(&router, request(method, path)).await;
        assert_eq!(*lines.lock().expect("no panic"), [line]);
        lines.lock().expect("no panic").clear();
    }
}

#[tokio::test]
async fn a_request_that_is_canceled_is_observed_once() {
    let (router, lines) = observed().await;
    let request = respond(&router, request("GET", "/v1/forever"));
    assert!(tokio::time::timeout(Duration::from_millis(20), request).await.is_err());
    assert_eq!(*lines.lock().expect("no panic"), ["GET /v1/forever forever [public] 0 cancelled"]);
}

/// A layer around the application, and one around a part of it.
#[tokio::test]
async fn both_of_two_layers_see_the_endpoint() {
    let seen = Lines::default();
    let layer = |name: &'static str| {
        let seen = Arc::clone(&seen);
        ObserveLayer::new(move |request| {
            let line = format!("{name} {} {}", request.route().unwrap_or("-"), request.outcome());
            seen.lock().expect("no panic").push(line);
        })
    };
    let (router, _) = observed().await;
    let router = router.layer(layer("inner")).layer(layer("outer"));
    respond(&router, request("GET", "/v1/vault")).await;
    let pending = respond(&router, request("GET", "/v1/forever"));
    assert!(tokio::time::timeout(Duration::from_millis(20), pending).await.is_err());
    let mut lines = std::mem::take(&mut *seen.lock().expect("no panic"));
    lines.sort();
    assert_eq!(
        lines,
        [
            "inner /v1/forever cancelled",
            "inner /v1/vault rejection",
            "outer /v1/forever cancelled",
            "outer /v1/vault rejection",
        ]
    );
}
