//! Address of the client.

use std::net::IpAddr;

use inject_runtime::{ClientIp, inject};

/// IP address of the client, if the server knows it. Behind the proxies of `server.trusted_proxies`, it is the address
/// that they tell; what other peers claim in a header does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

/// Provider of the [`ClientAddress`]. Tests that call the router directly have none.
#[inject]
pub fn client_address(client: Option<ClientIp>) -> ClientAddress {
    ClientAddress(client.map(|ClientIp(address)| address))
}
