//! Time limits of connections. A limit under test is short, and all others are [`LONG`].

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use axum::{body::Body, body::Bytes};
use futures_util::{StreamExt as _, stream};
use inject_runtime::{Inject, Serve, get, post, routes};
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::sleep};
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::{Running, Server, address, fetch, until_end};
use crate::support::{LONG, Log, bounded};

const LIMIT: Duration = Duration::from_secs(1);
const HALF: &str = "GET /address HTTP/1.1\r\nhost: localhost\r\nx-half: ";
/// More than the buffers of the operating system for one connection.
const CHUNK: usize = 1 << 20;

fn long(server: Serve<Server>) -> Serve<Server> {
    server.head_timeout(10 * LONG).idle_timeout(10 * LONG).write_timeout(10 * LONG)
}

/// Asserts that the connection is closed at the limit, with no response.
async fn assert_closed_in_time(client: &mut crate::support::client::Client, start: Instant) {
    assert_eq!(until_end(client).await, "");
    assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
}

#[tokio::test]
async fn half_sent_heads_are_closed_in_time_while_others_are_served() {
    const CONNECTIONS: usize = 500;
    let server = Running::start(routes![address], |server| long(server).head_timeout(LIMIT)).await;
    let mut attackers = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut client = server.connect().await;
        client.write(HALF).await.expect("a connection");
        attackers.push((client, Instant::now()));
    }
    let attackers: Vec<_> = attackers
        .into_iter()
        .map(|(mut client, start)| {
            tokio::spawn(async move {
                assert_closed_in_time(&mut client, start).await;
                start.elapsed()
            })
        })
        .collect();
    // Others are served, on connections of their own and on one that stays open.
    let mut open = server.connect().await;
    let mut requests = 0;
    while attackers.iter().any(|attacker| !attacker.is_finished()) {
        fetch(&mut open, "GET /address").await;
        fetch(&mut server.connect().await, "GET /address").await;
        requests += 2;
    }
    assert!(requests > 2, "{requests}");
    for attacker in attackers {
        let elapsed = attacker.await.expect("no assertion failed");
        // The time that the setting says, and what a busy machine needs.
        assert!(elapsed < 5 * LIMIT, "{elapsed:?}");
    }
    drop(open);
    server.stop().await;
}

#[tokio::test]
async fn a_head_in_small_pieces_has_the_same_limit_also_on_a_used_connection() {
    let server = Running::start(routes![address], |server| long(server).head_timeout(LIMIT)).await;
    let mut client = server.connect().await;
    fetch(&mut client, "GET /address").await;
    // Idle for longer than the limit for heads.
    sleep(LIMIT + LIMIT / 2).await;
    fetch(&mut client, "GET /address").await;
    let start = Instant::now();
    client.write(HALF).await.expect("a connection");
    while client.write("a").await.is_ok() {
        assert!(start.elapsed() < LONG);
        sleep(LIMIT / 20).await;
    }
    assert!(start.elapsed() >= LIMIT && start.elapsed() < 5 * LIMIT, "{:?}", start.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn connections_without_a_request_are_closed_before_the_first_and_after_the_last() {
    let server = Running::start(routes![address], |server| long(server).idle_timeout(LIMIT)).await;
    let start = Instant::now();
    let mut unused = server.connect().await;
    let mut used = server.connect().await;
    let mut active = server.connect().await;
    for _ in 0..6 {
        fetch(&mut active, "GET /address").await;
        sleep(LIMIT / 4).await;
    }
    // It was never idle for as long as the limit.
    fetch(&mut active, "GET /address").await;
    assert_closed_in_time(&mut unused, start).await;
    until_end(&mut used).await;
    let start = Instant::now();
    fetch(&mut active, "GET /address").await;
    assert_closed_in_time(&mut active, start).await;
    assert!(start.elapsed() < 5 * LIMIT, "{:?}", start.elapsed());
    server.stop().await;
}

#[post("/body", public)]
async fn body(body: String) -> String {
    body
}

#[get("/slow", public)]
async fn slow() -> &'static str {
    sleep(3 * LIMIT / 4).await;
    "slow"
}

#[tokio::test]
async fn bodies_and_handlers_may_take_longer() {
    let limit = LIMIT / 4;
    let server = Running::start(routes![body, slow], |server| {
        server.head_timeout(limit).idle_timeout(limit).write_timeout(limit)
    })
    .await;
    let mut client = server.connect().await;
    client
        .write("POST /body HTTP/1.1\r\nhost: localhost\r\ncontent-length: 6\r\n\r\n")
        .await
        .expect("a connection");
    for piece in ["sl", "ow", "ly"] {
        sleep(limit + limit / 2).await;
        client.write(piece).await.expect("a connection");
    }
    assert_eq!(bounded(client.status()).await.expect("a response"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "slowly");
    assert_eq!(fetch(&mut client, "GET /slow").await, "slow");
    server.stop().await;
}

#[tokio::test]
async fn a_layer_limits_the_time_between_two_parts_of_a_body() {
    let limited = routes![body].layer(RequestBodyTimeoutLayer::new(LIMIT));
    let server = Running::start(limited, long).await;
    let mut client = server.connect().await;
    let head = "POST /body HTTP/1.1\r\nhost: localhost\r\ncontent-length: 6\r\n\r\n";
    client.write(head).await.expect("a connection");
    for piece in ["sl", "ow", "ly"] {
        sleep(LIMIT / 2).await;
        client.write(piece).await.expect("a connection");
    }
    assert_eq!(bounded(client.status()).await.expect("a response"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "slowly");
    let start = Instant::now();
    client.write(&format!("{head}slow")).await.expect("a connection");
    assert!((400..500).contains(&bounded(client.status()).await.expect("a response")));
    assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
    server.stop().await;
}

/// Adds to the log when it is dropped.
struct Dropped(Log);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add("response dropped");
    }
}

#[get("/endless", public)]
async fn endless(Inject(log): Inject<Log>) -> Body {
    let dropped = Dropped(log);
    let chunk = Bytes::from(vec![0; CHUNK]);
    Body::from_stream(stream::repeat(chunk).map(move |chunk| {
        _ = &dropped;
        Ok::<_, Infallible>(chunk)
    }))
}

async fn request_endless(server: &Running) -> TcpStream {
    use tokio::io::AsyncWriteExt as _;
    let mut client = TcpStream::connect(server.address).await.expect("a connection");
    client.write_all(b"GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("a connection");
    client
}

#[tokio::test]
async fn a_client_that_does_not_read_the_response_is_disconnected() {
    let server = Running::start(routes![endless], |server| long(server).write_timeout(LIMIT)).await;
    let start = Instant::now();
    let client = request_endless(&server).await;
    server.log.until("response dropped").await;
    assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_reads_the_response_slowly_is_not_disconnected() {
    let server = Running::start(routes![endless], |server| long(server).write_timeout(LIMIT)).await;
    let mut client = request_endless(&server).await;
    let start = Instant::now();
    let mut buffer = vec![0; CHUNK];
    while start.elapsed() < 4 * LIMIT {
        bounded(client.read_exact(&mut buffer)).await.expect("more");
        sleep(LIMIT / 10).await;
    }
    assert!(server.log.is_empty());
    drop(client);
    server.log.until("response dropped").await;
    server.stop().await;
}
