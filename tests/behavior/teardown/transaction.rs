//! The transaction of a request: it is committed or rolled back before the response.

use std::{future::pending, io, time::Duration};

use axum::{
    body::{Body, Bytes},
    error_handling::HandleErrorLayer,
    extract::Path,
    http::StatusCode,
};
use futures_util::stream;
use inject_runtime::{
    Inject, Routes, post, routes, service,
    tx::{ReadTx, Tx},
};
use sqlx::Sqlite;
use tokio::sync::Notify;
use tower::{ServiceBuilder, timeout::TimeoutLayer};

use super::{A, too_late};
use crate::support::{
    LONG, Log, bounded, connect,
    database::{Database, Shop, ShopError, Store},
    request, send,
};

/// Writes an order, and ends as the path says.
#[post("/orders/{item}/{how}", public)]
async fn order(
    _: A,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Path((item, how)): Path<(String, String)>,
    Inject(shop): Inject<Shop>,
    Inject(log): Inject<Log>,
) -> Result<&'static str, ShopError> {
    let after = log.clone();
    tx.on_commit(async move {
        after.add("on_commit");
    });
    if how == "spoiled" {
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
async fn an_expected_400_is_a_failure_and_leaves_the_database_unchanged() {
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

static GATE: Notify = Notify::const_new();

/// Writes an order. The body of the response comes after [`GATE`].
#[post("/orders/{item}", public)]
async fn order_slowly(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
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
async fn a_success_is_committed_before_the_client_reads_the_status_line() {
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
async fn a_commit_that_fails_is_a_conflict_and_the_other_resources_are_closed() {
    let database = Database::new(1).await;
    let (router, log) = database.routed(routes![order]).await;
    let answer = send(&router, request("POST", "/orders/pen/spoiled")).await;
    answer.assert_problem(StatusCode::CONFLICT);
    assert_eq!(log.take(), ["open a", "close a: Failure(409)"]);
    assert_eq!(database.items().await, [""; 0]);
    database.assert_clean().await;
}

#[tokio::test]
async fn a_client_that_disconnects_causes_a_rollback_and_the_connection_stays_usable() {
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
    assert_eq!(database.pool.size(), 1, "the connection was not closed");
    assert_eq!(send(&router, request("POST", "/orders/pen/kept")).await.status, StatusCode::OK);
}

/// The clock is not paused, since the threads of SQLite do not know a paused clock.
#[tokio::test]
async fn a_timeout_layer_that_drops_the_handler_causes_a_rollback() {
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
    assert_eq!(database.pool.size(), 1, "the connection was not closed");
}

static OTHER: Notify = Notify::const_new();

/// Writes an order after [`OTHER`].
#[post("/meanwhile/{item}", public)]
async fn meanwhile(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Path(item): Path<String>,
    Inject(shop): Inject<Shop>,
    Inject(log): Inject<Log>,
) -> Result<(), ShopError> {
    log.add("meanwhile");
    OTHER.notified().await;
    shop.order(&mut tx, &item).await
}

#[tokio::test]
async fn a_panic_is_a_500_with_a_rollback_and_other_requests_continue() {
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

#[tokio::test]
async fn work_after_the_commit_does_not_run_if_the_commit_fails() {
    let database = Database::new(1).await;
    let routes: Routes<Store> = routes![order];
    let tasks = routes.tasks();
    let (router, log) = database.routed(routes).await;
    for (how, status, follows) in
        [("spoiled", 409, false), ("refused", 400, false), ("panic", 500, false), ("kept", 200, true)]
    {
        let answer = send(&router, request("POST", &format!("/orders/pen/{how}"))).await;
        assert_eq!(answer.status, status, "{how}");
        tasks.drain(LONG).await.expect("nothing hangs");
        assert_eq!(log.take().contains(&"on_commit".to_owned()), follows, "{how}");
    }
    assert_eq!(database.items().await, ["pen"]);
}

/// Service with a handle of its own on the transaction of the request.
#[service(scope = request)]
pub(crate) struct Checkout {
    shop: Inject<Shop>,
    #[layering(allow, reason = "a test of the transaction itself")]
    tx: Tx<Sqlite>,
}

impl Checkout {
    async fn order(&mut self, item: &str) -> Result<(), ShopError> {
        self.shop.order(&mut self.tx, item).await
    }
}

#[post("/checkout/{item}", public)]
pub(crate) async fn checkout(
    #[layering(allow, reason = "a test of the transaction itself")] mut reader: ReadTx<Sqlite>,
    mut checkout: Checkout,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Path(item): Path<String>,
    Inject(log): Inject<Log>,
) -> Result<String, ShopError> {
    checkout.order(&item).await?;
    tx.on_commit(async move {
        log.add("committed");
    });
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&mut reader).await?;
    if item == "sold-out" { Err(ShopError::SoldOut) } else { Ok(seen.to_string()) }
}

/// The pool has one connection: a second transaction would wait for the first until it times out.
#[tokio::test]
async fn all_handles_of_a_request_are_one_transaction() {
    let database = Database::new(1).await;
    let routes: Routes<Store> = routes![checkout];
    let tasks = routes.tasks();
    let (router, log) = database.routed(routes).await;
    assert_eq!(send(&router, request("POST", "/checkout/one")).await.body, "1");
    let answer = send(&router, request("POST", "/checkout/sold-out")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&router, request("POST", "/checkout/two")).await.body, "2");
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["committed", "committed"]);
    assert_eq!(database.items().await, ["one", "two"]);
}
