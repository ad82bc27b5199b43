//! Resources that are closed before the head of the response.

use std::{convert::Infallible, future::pending, time::Duration};

use axum::{
    Json,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::Path,
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use inject_runtime::{Inject, Outcome, Problem, Routes, Teardown, get, inject, post, routes};
use serde::{Deserialize, Serialize};
use tower::{ServiceBuilder, timeout::TimeoutLayer};

use super::{A, B, C, D, OPEN_ALL, closed_by, too_late};
use crate::support::{Answer, App, Log, bounded, connect, get, request, respond, routed, send};

#[get("/one", public)]
async fn one(_: A, Inject(log): Inject<Log>) -> &'static str {
    log.add("handler");
    "done"
}

#[get("/nested", public)]
async fn nested(_: B, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[get("/siblings", public)]
async fn siblings(_: A, _: C, _: D, Inject(log): Inject<Log>) {
    log.add("handler");
}

/// Ends as the path says.
#[get("/ends/{how}", public)]
async fn ends(_: A, _: C, _: D, Path(how): Path<String>, Inject(log): Inject<Log>) -> Response {
    log.add("handler");
    match how.as_str() {
        "error" => Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
        "conflict" => StatusCode::CONFLICT.into_response(),
        "redirect" => (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response(),
        _ => panic!("out of cheese"),
    }
}

#[tokio::test]
async fn a_resource_is_opened_before_the_handler_and_closed_before_the_head_of_the_response() {
    let (router, log) = routed(routes![one]).await;
    let response = respond(&router, request("GET", "/one")).await;
    // The body is not read yet.
    assert_eq!(log.take(), ["open a", "handler", "close a: Success"]);
    assert_eq!(Answer::of(response).await.body, "done");
    assert_eq!(log.take(), [""; 0]);
}

/// Each resource asserts during its teardown that the resource that it needs is open.
#[tokio::test]
async fn a_resource_is_closed_before_the_one_that_it_needs() {
    let (router, log) = routed(routes![nested]).await;
    assert_eq!(get(&router, "/nested").await.status, StatusCode::OK);
    assert_eq!(log.take(), ["open a", "open b", "handler", "close b: Success", "close a: Success"]);
}

#[tokio::test]
async fn siblings_are_closed_in_reverse_order() {
    let (router, log) = routed(routes![siblings]).await;
    assert_eq!(get(&router, "/siblings").await.status, StatusCode::OK);
    assert_eq!(log.take(), closed_by("handler", "Success"));
}

#[tokio::test]
async fn every_resource_gets_the_outcome_innermost_first() {
    let (router, log) = routed(routes![ends]).await;
    for (path, status, outcome) in [
        ("/ends/error", 500, "Failure(500)"),
        ("/ends/conflict", 409, "Failure(409)"),
        ("/ends/panic", 500, "Panic"),
        ("/ends/redirect", 303, "Success"),
    ] {
        assert_eq!(get(&router, path).await.status, status, "{path}");
        assert_eq!(log.take(), closed_by("handler", outcome), "{path}");
    }
}

/// Resource whose provider fails.
#[derive(Clone)]
struct Stuck;

#[inject(teardown)]
async fn open_stuck(Inject(log): Inject<Log>) -> Result<Stuck, Problem> {
    log.add("try stuck");
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE))
}

impl Teardown for Stuck {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        unreachable!("it was not opened")
    }
}

#[get("/stuck", public)]
async fn stuck(_: A, _: Stuck, _: C, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[tokio::test]
async fn a_provider_that_fails_closes_the_resources_before_it_and_none_after_it_is_opened() {
    let (router, log) = routed(routes![stuck]).await;
    get(&router, "/stuck").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(log.take(), ["open a", "try stuck", "close a: Rejection(503)"]);
}

#[derive(Deserialize)]
struct NewItem {
    #[serde(rename = "name")]
    _name: String,
}

#[post("/items", public)]
async fn add_item(_: A, _: C, _: D, Inject(log): Inject<Log>, Json(_): Json<NewItem>) {
    log.add("handler");
}

#[get("/header", public)]
async fn with_header(_: A, _: C, _: D, _: WithKey, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[derive(Clone)]
struct WithKey;

#[inject]
fn with_key(headers: HeaderMap) -> Result<WithKey, StatusCode> {
    headers.get("x-key").map(|_| WithKey).ok_or(StatusCode::PRECONDITION_REQUIRED)
}

#[tokio::test]
async fn a_rejection_by_a_later_parameter_is_the_outcome_of_earlier_resources() {
    let (router, log) = routed(routes![add_item, with_header]).await;
    let json = |body: &'static str| {
        let request = Request::post("/items").header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(body)).expect("a request")
    };
    assert_eq!(send(&router, json("{")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(log.take(), closed_by("", "Rejection(400)"));
    assert_eq!(send(&router, json("{}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(log.take(), closed_by("", "Rejection(422)"));
    assert_eq!(get(&router, "/header").await.status, StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(log.take(), closed_by("", "Rejection(428)"));
    assert_eq!(send(&router, json("{\"name\": \"pen\"}")).await.status, StatusCode::OK);
    assert_eq!(log.take(), closed_by("handler", "Success"));
}

/// Value whose serialization fails.
struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not for JSON"))
    }
}

#[get("/unserializable", public)]
async fn unserializable(_: A, _: C, _: D, Inject(log): Inject<Log>) -> Json<Unserializable> {
    log.add("handler");
    Json(Unserializable)
}

#[tokio::test]
async fn a_response_that_cannot_be_serialized_is_a_failure() {
    let (router, log) = routed(routes![unserializable]).await;
    assert_eq!(get(&router, "/unserializable").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(log.take(), closed_by("handler", "Failure(500)"));
}

/// Resource whose teardown panics.
#[derive(Clone)]
struct Bomb;

#[inject(teardown)]
fn open_bomb() -> Bomb {
    Bomb
}

impl Teardown for Bomb {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        panic!("boom")
    }
}

#[get("/bomb", public)]
async fn with_bomb(_: A, _: C, _: Bomb, _: D) -> &'static str {
    "done"
}

#[tokio::test]
async fn a_teardown_that_panics_is_a_500_and_the_other_teardowns_run() {
    let (router, log) = routed(routes![with_bomb]).await;
    get(&router, "/bomb").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    let [a, c, d] = OPEN_ALL;
    assert_eq!(log.take(), [a, c, d, "close d: Success", "close c: Failure(500)", "close a: Failure(500)"]);
}

#[get("/endless", public)]
async fn endless(_: A, _: C, _: D, Inject(log): Inject<Log>) {
    log.add("handler");
    pending::<()>().await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_layer_that_drops_the_handler_closes_its_resources() {
    let timeout = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(too_late))
        .layer(TimeoutLayer::new(Duration::from_secs(2)));
    let routes: Routes<App> = routes![endless];
    let (router, log) = routed(routes.layer(timeout)).await;
    assert_eq!(get(&router, "/endless").await.status, StatusCode::GATEWAY_TIMEOUT);
    log.until("close a: Cancelled").await;
    assert_eq!(log.take(), closed_by("handler", "Cancelled"));
}

/// Resource with the number of its scope.
#[derive(Clone)]
struct Serial {
    number: usize,
    log: Log,
}

#[inject(teardown)]
fn open_serial(Inject(log): Inject<Log>) -> Serial {
    Serial { number: log.add("open serial"), log }
}

impl Teardown for Serial {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        self.log.add(format!("close serial {}", self.number));
        Ok(())
    }
}

#[get("/serial", public)]
async fn serial(first: Serial, second: Serial) -> String {
    format!("{} {}", first.number, second.number)
}

#[tokio::test]
async fn requests_on_one_connection_have_scopes_of_their_own() {
    let (router, log) = routed(routes![serial]).await;
    let mut client = connect(router).await;
    for expected in ["0 0", "1 1", "2 2"] {
        client.send("GET /serial").await.expect("a connection");
        assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
        assert_eq!(bounded(client.body()).await.expect("a body"), expected);
    }
    let expected: Vec<String> =
        (0..3).flat_map(|number| ["open serial".to_owned(), format!("close serial {number}")]).collect();
    assert_eq!(log.take(), expected);
}
