//! A20 to A35: resources are closed in reverse order, before the answer, according to how the request ended.

use std::{
    convert::Infallible,
    future::pending,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    BoxError, Json,
    body::{Body, Bytes},
    error_handling::HandleErrorLayer,
    extract::Path,
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use inject_runtime::{Inject, Outcome, Problem, Routes, Teardown, get, inject, post, routes, tx::Tx};
use serde::{Deserialize, Serialize};
use sqlx::Sqlite;
use tokio::sync::Notify;
use tower::{ServiceBuilder, timeout::TimeoutLayer};

use crate::{
    database::{Database, Shop, ShopError, Store},
    support::{Answer, App, LONG, Log, bounded, connect, get, request, respond, routed, send},
};

/// Resources that log when they are opened and closed, and that know which ones they need.
macro_rules! resources {
    ($($name:ident($($needed:ident: $needs:ident)?): $open:ident, $label:literal;)*) => {$(
        #[derive(Clone)]
        struct $name {
            log: Log,
            is_open: Arc<AtomicBool>,
            $($needed: $needs,)?
        }

        #[inject(teardown)]
        async fn $open($($needed: $needs,)? Inject(log): Inject<Log>) -> $name {
            log.add(concat!("open ", $label));
            $name { log, is_open: Arc::new(AtomicBool::new(true)), $($needed,)? }
        }

        impl Teardown for $name {
            type Error = Infallible;

            async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
                $(assert!(self.$needed.is_open.load(Ordering::SeqCst), "closed too early");)?
                // An end that takes a while.
                tokio::task::yield_now().await;
                $(assert!(self.$needed.is_open.load(Ordering::SeqCst), "closed too early");)?
                self.is_open.store(false, Ordering::SeqCst);
                self.log.add(format!("close {}: {outcome:?}", $label));
                Ok(())
            }
        }
    )*};
}

resources! {
    A(): open_a, "a";
    B(a: A): open_b, "b";
    C(): open_c, "c";
    D(): open_d, "d";
}

const OPEN_ALL: [&str; 3] = ["open a", "open c", "open d"];

/// What the log of a request over `A`, `C` and `D` is, which ends like that.
fn closed_by(handler: &str, outcome: &str) -> Vec<String> {
    let mut events = OPEN_ALL.map(str::to_owned).to_vec();
    if !handler.is_empty() {
        events.push(handler.to_owned());
    }
    events.extend(["d", "c", "a"].map(|name| format!("close {name}: {outcome}")));
    events
}

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

/// Answers as the path says.
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
async fn a20_a_resource_is_opened_before_the_handler_and_closed_before_the_head_of_the_response() {
    let (router, log) = routed(routes![one]).await;
    let response = respond(&router, request("GET", "/one")).await;
    // Nobody has read the body yet.
    assert_eq!(log.take(), ["open a", "handler", "close a: Success"]);
    assert_eq!(Answer::of(response).await.body, "done");
    assert_eq!(log.take(), [""; 0]);
}

/// The resources assert that those they need are open while they close.
#[tokio::test]
async fn a21_a_resource_is_closed_while_the_one_it_needs_is_still_open() {
    let (router, log) = routed(routes![nested]).await;
    assert_eq!(get(&router, "/nested").await.status, StatusCode::OK);
    assert_eq!(log.take(), ["open a", "open b", "handler", "close b: Success", "close a: Success"]);
}

#[tokio::test]
async fn a22_siblings_are_closed_in_reverse_order() {
    let (router, log) = routed(routes![siblings]).await;
    assert_eq!(get(&router, "/siblings").await.status, StatusCode::OK);
    assert_eq!(log.take(), closed_by("handler", "Success"));
}

#[tokio::test]
async fn a23_every_resource_sees_the_failure_innermost_first() {
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

/// Writes an order, and answers as the path says.
#[post("/orders/{item}/{how}", public)]
async fn order(
    _: A,
    mut tx: Tx<Sqlite>,
    Path((item, how)): Path<(String, String)>,
    Inject(shop): Inject<Shop>,
    Inject(log): Inject<Log>,
) -> Result<&'static str, ShopError> {
    let after = log.clone();
    tx.on_commit(async move {
        after.add("on_commit");
    });
    if how == "unkept" {
        shop.spoil(&mut tx, &item).await?;
        return Ok("ordered");
    }
    shop.order(&mut tx, &item).await?;
    match how.as_str() {
        "kept" => Ok("ordered"),
        "refused" => Err(ShopError::SoldOut),
        "panic" => panic!("out of cheese"),
        _ => {
            log.add("waiting");
            pending().await
        }
    }
}

#[tokio::test]
async fn a24_an_expected_400_is_a_failure_and_leaves_the_store_unchanged() {
    let database = Database::new(1).await;
    let (router, log) = database.routed(routes![order]).await;
    let answer = send(&router, request("POST", "/orders/pen/refused")).await;
    answer.assert_problem(StatusCode::BAD_REQUEST);
    assert_eq!(log.take(), ["open a", "close a: Failure(400)"]);
    assert_eq!(database.items().await, [""; 0]);
    database.assert_clean().await;

    assert_eq!(send(&router, request("POST", "/orders/pen/kept")).await.status, StatusCode::OK);
    assert_eq!(database.items().await, ["pen"]);
}

/// Opens when the test has seen enough.
static GATE: Notify = Notify::const_new();

/// An answer whose body does not come before the gate opens.
#[post("/orders/{item}", public)]
async fn order_slowly(
    mut tx: Tx<Sqlite>,
    Path(item): Path<String>,
    Inject(shop): Inject<Shop>,
) -> Result<Body, ShopError> {
    shop.order(&mut tx, &item).await?;
    Ok(Body::from_stream(stream::once(async {
        GATE.notified().await;
        Ok::<_, io::Error>(Bytes::from("ordered"))
    })))
}

#[tokio::test]
async fn a25_a_success_is_committed_before_the_client_reads_the_status_line() {
    let database = Database::new(1).await;
    let (router, _) = database.routed(routes![order_slowly]).await;
    let mut client = connect(router).await;
    let request = "POST /orders/pen HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    client.write(request).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
    assert_eq!(database.items().await, ["pen"]);
    GATE.notify_one();
    assert!(bounded(client.body()).await.expect("a body").contains("ordered"));
}

#[tokio::test]
async fn a26_a_commit_that_is_refused_is_a_500_and_the_other_resources_are_closed() {
    let database = Database::new(1).await;
    let (router, log) = database.routed(routes![order]).await;
    let answer = send(&router, request("POST", "/orders/pen/unkept")).await;
    answer.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(log.take(), ["open a", "close a: Failure(500)"]);
    assert_eq!(database.items().await, [""; 0]);
    database.assert_clean().await;
}

/// Cannot be opened.
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
        unreachable!("it was never open")
    }
}

#[get("/stuck", public)]
async fn stuck(_: A, _: Stuck, _: C, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[tokio::test]
async fn a27_a_set_up_that_fails_closes_those_before_it_and_opens_none_after_it() {
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
async fn a28_a_later_parameter_that_is_rejected_is_no_success() {
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

/// Does not become JSON.
struct Unspeakable;

impl Serialize for Unspeakable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not for JSON"))
    }
}

#[get("/unspeakable", public)]
async fn unspeakable(_: A, _: C, _: D, Inject(log): Inject<Log>) -> Json<Unspeakable> {
    log.add("handler");
    Json(Unspeakable)
}

#[tokio::test]
async fn a29_an_answer_that_cannot_be_serialised_is_a_failure() {
    let (router, log) = routed(routes![unspeakable]).await;
    assert_eq!(get(&router, "/unspeakable").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(log.take(), closed_by("handler", "Failure(500)"));
}

/// Panics at its end.
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
async fn a30_a_teardown_that_panics_is_a_500_and_the_others_run() {
    let (router, log) = routed(routes![with_bomb]).await;
    get(&router, "/bomb").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    let [a, c, d] = OPEN_ALL;
    assert_eq!(log.take(), [a, c, d, "close d: Success", "close c: Failure(500)", "close a: Failure(500)"]);
}

#[tokio::test]
async fn a31_a_client_that_goes_away_is_rolled_back_and_leaves_a_clean_connection() {
    let database = Database::new(1).await;
    let (router, log) = database.routed(routes![order]).await;
    let mut client = connect(router.clone()).await;
    client.send("POST /orders/pen/never").await.expect("a connection");
    log.until("waiting").await;
    drop(client);
    log.until("close a: Cancelled").await;
    assert_eq!(log.take(), ["open a", "waiting", "close a: Cancelled"]);
    assert_eq!(database.items().await, [""; 0]);
    database.assert_clean().await;
    assert_eq!(database.pool.size(), 1, "the connection was not given up");
    assert_eq!(send(&router, request("POST", "/orders/pen/kept")).await.status, StatusCode::OK);
}

/// What a layer that loses patience answers.
async fn too_late(_: BoxError) -> StatusCode {
    StatusCode::GATEWAY_TIMEOUT
}

#[get("/endless", public)]
async fn endless(_: A, _: C, _: D, Inject(log): Inject<Log>) {
    log.add("handler");
    pending::<()>().await;
}

#[tokio::test(start_paused = true)]
async fn a32_a_timeout_layer_that_drops_the_handler_closes_its_resources() {
    let timeout = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(too_late))
        .layer(TimeoutLayer::new(Duration::from_secs(2)));
    let routes: Routes<App> = routes![endless];
    let (router, log) = routed(routes.layer(timeout)).await;
    assert_eq!(get(&router, "/endless").await.status, StatusCode::GATEWAY_TIMEOUT);
    log.until("close a: Cancelled").await;
    assert_eq!(log.take(), closed_by("handler", "Cancelled"));
}

/// With a database, whose work takes time of its own: the clock cannot be paused.
#[tokio::test]
async fn a32_a_timeout_layer_that_drops_the_handler_rolls_back() {
    let database = Database::new(1).await;
    let timeout = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(too_late))
        .layer(TimeoutLayer::new(Duration::from_secs(1)));
    let routes: Routes<Store> = routes![order];
    let (router, log) = database.routed(routes.layer(timeout)).await;
    let answer = send(&router, request("POST", "/orders/pen/never")).await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    log.until("close a: Cancelled").await;
    assert_eq!(log.take(), ["open a", "waiting", "close a: Cancelled"]);
    assert_eq!(database.items().await, [""; 0]);
    database.assert_clean().await;
    assert_eq!(database.pool.size(), 1, "the connection was not given up");
}

static OTHER: Notify = Notify::const_new();

/// Another request, in the middle of it.
#[post("/meanwhile/{item}", public)]
async fn meanwhile(
    mut tx: Tx<Sqlite>,
    Path(item): Path<String>,
    Inject(shop): Inject<Shop>,
    Inject(log): Inject<Log>,
) -> Result<(), ShopError> {
    log.add("meanwhile");
    OTHER.notified().await;
    shop.order(&mut tx, &item).await
}

#[tokio::test]
async fn a33_a_panic_is_rolled_back_and_is_a_500_and_other_requests_go_on() {
    let database = Database::new(2).await;
    let (router, log) = database.routed(routes![order, meanwhile]).await;
    let other = tokio::spawn({
        let router = router.clone();
        async move { send(&router, request("POST", "/meanwhile/ink")).await.status }
    });
    log.until("meanwhile").await;
    let answer = send(&router, request("POST", "/orders/pen/panic")).await;
    answer.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(log.take(), ["meanwhile", "open a", "close a: Panic"]);
    assert_eq!(database.items().await, [""; 0]);
    OTHER.notify_one();
    assert_eq!(bounded(other).await.expect("no panic"), StatusCode::OK);
    assert_eq!(database.items().await, ["ink"]);
    database.assert_clean().await;
}

/// One for each scope.
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
async fn a34_two_requests_on_one_connection_share_no_scope() {
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

#[tokio::test]
async fn a35_what_is_to_follow_a_commit_does_not_follow_one_that_fails() {
    let database = Database::new(1).await;
    let routes: Routes<Store> = routes![order];
    let tasks = routes.tasks();
    let (router, log) = database.routed(routes).await;
    for (how, status, follows) in
        [("unkept", 500, false), ("refused", 400, false), ("panic", 500, false), ("kept", 200, true)]
    {
        let answer = send(&router, request("POST", &format!("/orders/pen/{how}"))).await;
        assert_eq!(answer.status, status, "{how}");
        tasks.drain(LONG).await.expect("nothing hangs");
        assert_eq!(log.take().contains(&"on_commit".to_owned()), follows, "{how}");
    }
    assert_eq!(database.items().await, ["pen"]);
}
