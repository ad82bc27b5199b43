//! Address of the client.

use std::net::{IpAddr, SocketAddr};

use axum::{Extension, extract::ConnectInfo};
use inject_runtime::inject;

/// IP address of the peer of the connection, if the server knows it. Behind a proxy this is the address of the proxy.
/// The header `X-Forwarded-For` is not trusted, because clients can set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

/// Provider of the [`ClientAddress`]. Tests that call the router directly have none.
#[inject]
pub fn client_address(info: Option<Extension<ConnectInfo<SocketAddr>>>) -> ClientAddress {
    ClientAddress(info.map(|Extension(ConnectInfo(address))| address.ip()))
}
