//! Where the request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::{Extension, extract::ConnectInfo};
use inject_runtime::inject;

/// The address at the other end of the connection, if the server knows it: behind a proxy, that is the proxy's. What a client writes into
/// `X-Forwarded-For` is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

/// As the server has it. Tests call without one.
#[inject]
pub fn client_address(info: Option<Extension<ConnectInfo<SocketAddr>>>) -> ClientAddress {
    ClientAddress(info.map(|Extension(ConnectInfo(address))| address.ip()))
}
