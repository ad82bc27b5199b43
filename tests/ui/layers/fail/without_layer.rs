//! A dependency has a layer.

use inject_runtime::service;

struct Client;

#[service]
struct Weather {
    client: Client,
}

fn main() {}
