//! Malformed, oversized and unusual requests.

use inject_runtime::{Inject, get, post, routes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

use super::{Running, address, echo, fetch, until_end};
use crate::support::{LONG, Log, bounded};

/// Sends bytes, and returns all that the server sends until it closes the connection.
async fn exchange(server: &Running, bytes: &[u8]) -> String {
    let mut client = TcpStream::connect(server.address).await.expect("a connection");
    // The server may close the connection before it has read everything.
    _ = client.write_all(bytes).await;
    let mut response = Vec::new();
    _ = bounded(client.read_to_end(&mut response)).await;
    String::from_utf8_lossy(&response).into_owned()
}

fn head(header: &str) -> String {
    format!("GET /address HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n")
}

#[tokio::test]
async fn heads_that_are_too_large_are_answered_with_431_and_closed() {
    let server = Running::start(routes![address], |server| server.max_head_size(4096)).await;
    let padded = |size: usize| {
        let rest = head("x: \r\n").len();
        head(&format!("x: {}\r\n", "a".repeat(size - rest)))
    };
    assert_eq!(padded(4096).len(), 4096);
    assert!(exchange(&server, padded(4096).as_bytes()).await.starts_with("HTTP/1.1 200 "));
    assert!(exchange(&server, padded(4097).as_bytes()).await.starts_with("HTTP/1.1 431 "));
    // Complete or not, in one piece or more.
    assert!(exchange(&server, &padded(8192).as_bytes()[..8000]).await.starts_with("HTTP/1.1 431 "));
    let mut client = server.connect().await;
    client.write("GET /").await.expect("a connection");
    for _ in 0..4096 / 64 {
        client.write(&"a".repeat(64)).await.expect("a connection");
    }
    assert!(until_end(&mut client).await.starts_with("HTTP/1.1 431 "));
    assert!(exchange(&server, head(&"x: y\r\n".repeat(98)).as_bytes()).await.starts_with("HTTP/1.1 200 "));
    assert!(exchange(&server, head(&"x: y\r\n".repeat(99)).as_bytes()).await.starts_with("HTTP/1.1 431 "));
    server.stop().await;
}

#[tokio::test]
async fn the_default_size_of_heads_is_32_kib_and_a_larger_one_than_the_buffer_is_possible() {
    let server = Running::start(routes![address], |server| server).await;
    let size = |size: usize| head(&format!("x: {}\r\n", "a".repeat(size)));
    assert!(exchange(&server, size(31 << 10).as_bytes()).await.starts_with("HTTP/1.1 200 "));
    assert!(exchange(&server, size(33 << 10).as_bytes()).await.starts_with("HTTP/1.1 431 "));
    server.stop().await;
    let server = Running::start(routes![address], |server| server.max_head_size(1 << 20)).await;
    assert!(exchange(&server, size(1000 << 10).as_bytes()).await.starts_with("HTTP/1.1 200 "));
    assert!(exchange(&server, size(1 << 20).as_bytes()).await.starts_with("HTTP/1.1 431 "));
    server.stop().await;
    // Smaller than any request.
    let server = Running::start(routes![address], |server| server.max_head_size(0)).await;
    assert!(exchange(&server, size(0).as_bytes()).await.starts_with("HTTP/1.1 431 "));
    server.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_request_are_answered_with_400_or_nothing_and_closed() {
    let server = Running::start(routes![address], |server| server.head_timeout(10 * LONG)).await;
    let noise: Vec<u8> = (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for (bytes, response) in [
        (&noise[..], "HTTP/1.1 400 "),
        // The greeting of TLS.
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "HTTP/1.1 400 "),
        (b"GET /address HTTP/9.9\r\nhost: localhost\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET /address HTTP/1.1\r\nhost localhost\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET /address HTTP/1.1\r\nx: \0\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET /address HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "HTTP/1.1 400 "),
        (b"GET /address HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "HTTP/1.1 400 "),
        (b"POST /address HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", "HTTP/1.1 400 "),
        // The preface of HTTP/2.
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", ""),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]);
        let received = exchange(&server, bytes).await;
        assert!(received.starts_with(response), "{shown}: {received}");
        assert_eq!(received.is_empty(), response.is_empty(), "{shown}: {received}");
    }
    // It still serves.
    fetch(&mut server.connect().await, "GET /address").await;
    server.stop().await;
}

#[get("/number/{number}", public)]
async fn number(axum::extract::Path(number): axum::extract::Path<u32>) -> String {
    format!("<{number}>")
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let server = Running::start(routes![number], |server| server).await;
    let mut client = server.connect().await;
    let request = |n| format!("GET /number/{n} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let requests: Vec<String> = (0..200).map(request).collect();
    client.write(&requests.concat()).await.expect("a connection");
    for n in 0..200 {
        assert_eq!(bounded(client.status()).await.expect("a response"), 200);
        assert_eq!(bounded(client.body()).await.expect("a body"), format!("<{n}>"));
    }
    server.stop().await;
}

/// Adds to the log when it is dropped.
struct Waiting(Log);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.add("request dropped");
    }
}

#[post("/wait", public)]
async fn wait(Inject(log): Inject<Log>) {
    log.add("request");
    let _waiting = Waiting(log);
    sleep(10 * LONG).await;
}

#[tokio::test]
async fn a_client_that_closes_its_half_of_the_connection_ends_its_request() {
    let server = Running::start(routes![wait, echo, address], |server| server).await;
    // In the middle of a head, of a body and of a request.
    for start in [
        "POST /echo HTTP/1.1\r\nhost: loc",
        "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nhalf",
        "POST /wait HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n",
    ] {
        let mut client = TcpStream::connect(server.address).await.expect("a connection");
        client.write_all(start.as_bytes()).await.expect("a connection");
        if start.contains("/wait") {
            server.log.until("request").await;
        }
        client.shutdown().await.expect("a connection");
        let mut response = Vec::new();
        _ = bounded(client.read_to_end(&mut response)).await;
        assert!(!response.starts_with(b"HTTP/1.1 200 "), "{start}");
    }
    server.log.until("request dropped").await;
    assert_eq!(server.log.count("request dropped"), 1);
    server.stop().await;
}

#[tokio::test]
async fn http_1_0_and_connection_close_end_the_connection() {
    let server = Running::start(routes![number], |server| server).await;
    for request in [
        "GET /number/1 HTTP/1.0\r\n\r\n",
        "GET /number/1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    ] {
        let response = exchange(&server, request.as_bytes()).await;
        assert!(response.contains(" 200 OK\r\n") && response.ends_with("<1>"), "{response}");
    }
    server.stop().await;
}
