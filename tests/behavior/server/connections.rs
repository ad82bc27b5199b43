//! Limit on the number of connections, and upgraded connections.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use hyper_util::rt::TokioIo;
use inject_runtime::{get, routes};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _},
    time::{sleep, timeout},
};

use super::{Running, address, echo, fetch, finish, in_flight, until_end};
use crate::support::{bounded, client::Client};

/// Longer than the server needs, for what must not happen.
const WHILE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn the_connection_that_is_idle_for_the_longest_time_makes_room_for_a_new_one() {
    let server = Running::start(routes![address], |server| server.max_connections(3)).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = server.connect().await;
        fetch(&mut client, "GET /address").await;
        clients.push(client);
    }
    // The second is idle for the longest time.
    fetch(&mut clients[0], "GET /address").await;
    let mut fourth = server.connect().await;
    fetch(&mut fourth, "GET /address").await;
    assert_eq!(until_end(&mut clients[1]).await, "");
    for client in [&mut clients[0], &mut fourth] {
        fetch(client, "GET /address").await;
    }
    fetch(&mut clients[2], "GET /address").await;
    server.stop().await;
}

#[tokio::test]
async fn a_new_connection_waits_for_the_end_of_a_request_and_is_not_closed_itself() {
    let server = Running::start(routes![echo, address], |server| server.max_connections(1)).await;
    for is_finished in [true, false] {
        let busy = in_flight(server.address).await;
        let mut waiting = server.connect().await;
        waiting.send("GET /address").await.expect("the operating system accepts it");
        assert!(timeout(WHILE, waiting.status()).await.is_err(), "there is no room");
        if is_finished {
            finish(busy).await;
        } else {
            drop(busy);
        }
        assert_eq!(bounded(waiting.status()).await.expect("a response"), 200);
        bounded(waiting.body()).await.expect("a body");
        // It is idle, and no other connection waits.
        sleep(WHILE).await;
        fetch(&mut waiting, "GET /address").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_maximum_of_zero_connections_is_one_of_one() {
    let server = Running::start(routes![address], |server| server.max_connections(0)).await;
    fetch(&mut server.connect().await, "GET /address").await;
    fetch(&mut server.connect().await, "GET /address").await;
    server.stop().await;
}

/// Sends back what it receives on the upgraded connection.
#[get("/upgrade", public)]
async fn upgrade(request: Request) -> Response {
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(async {
        let mut connection = TokioIo::new(upgrade.await.expect("an upgrade"));
        let mut bytes = [0; 4];
        while connection.read_exact(&mut bytes).await.is_ok() {
            connection.write_all(&bytes).await.expect("a connection");
        }
    });
    let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "echo")];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

async fn echoed(client: &mut Client) -> [u8; 4] {
    let mut bytes = [0; 4];
    bounded(client.0.read_exact(&mut bytes)).await.expect("an echo");
    bytes
}

#[tokio::test]
async fn an_upgraded_connection_has_no_time_limits_and_keeps_its_place() {
    let limit = Duration::from_millis(100);
    let server = Running::start(routes![upgrade, address], |server| {
        server.max_connections(1).head_timeout(limit).idle_timeout(limit).write_timeout(limit)
    })
    .await;
    let mut upgraded = server.connect().await;
    upgraded
        .write("GET /upgrade HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nsent")
        .await
        .expect("a connection");
    assert_eq!(bounded(upgraded.status()).await.expect("a response"), 101);
    while bounded(upgraded.0.read_line(&mut String::new())).await.expect("a head") > "\r\n".len() {}
    assert_eq!(echoed(&mut upgraded).await, *b"sent");

    let mut waiting = server.connect().await;
    waiting.send("GET /address").await.expect("the operating system accepts it");
    assert!(timeout(WHILE, waiting.status()).await.is_err(), "there is no room");
    upgraded.write("late").await.expect("a connection");
    assert_eq!(echoed(&mut upgraded).await, *b"late");
    drop(upgraded);
    assert_eq!(bounded(waiting.status()).await.expect("a response"), 200);
    server.stop().await;
}
