//! Address of the client.

use inject_runtime::{ClientIp, TrustedProxies, get, inject, routes};

use super::Running;
use crate::support::{get as get_from, routed};

#[derive(Clone, Debug)]
struct Caller(String);

#[inject]
fn caller(ClientIp(address): ClientIp) -> Caller {
    Caller(address.to_string())
}

#[get("/ip", public)]
async fn ip(ClientIp(address): ClientIp, Caller(caller): Caller) -> String {
    assert_eq!(caller, address.to_string());
    caller
}

#[get("/perhaps", public)]
async fn perhaps(address: Option<ClientIp>) -> String {
    format!("{address:?}")
}

async fn client_of(proxies: Option<TrustedProxies>, headers: &str) -> String {
    let server = Running::start(routes![ip], |server| match proxies {
        Some(proxies) => server.trusted_proxies(proxies),
        None => server,
    })
    .await;
    let mut client = server.connect().await;
    let request = format!("GET /ip HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
    client.write(&request).await.expect("a connection");
    assert_eq!(client.status().await.expect("a response"), 200);
    let address = client.body().await.expect("a body");
    server.stop().await;
    address
}

#[tokio::test]
async fn the_client_is_the_peer_unless_the_peer_is_a_trusted_proxy() {
    const HEADERS: &str =
        "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nx-forwarded-for: 192.0.2.1\r\n";
    let [loopback, other] = ["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().expect("a network"));
    let x_forwarded_for = |network| Some(TrustedProxies::x_forwarded_for([network]));
    assert_eq!(client_of(None, HEADERS).await, "127.0.0.1");
    assert_eq!(client_of(x_forwarded_for(other), HEADERS).await, "127.0.0.1");
    assert_eq!(client_of(x_forwarded_for(loopback), HEADERS).await, "192.0.2.1");
    assert_eq!(client_of(Some(TrustedProxies::forwarded([loopback])), HEADERS).await, "6.6.6.6");
}

#[tokio::test]
async fn a_router_without_a_server_knows_no_client() {
    let (router, _) = routed(routes![ip, perhaps]).await;
    get_from(&router, "/ip").await.assert_problem(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(get_from(&router, "/perhaps").await.body, "None");
}
