//! A factory that takes a service makes no infrastructure.

use inject_runtime::{container, in_layer, layer::Infrastructure, service};

#[service]
struct Accounts;

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Client;

fn connect(_port: u16, _accounts: Accounts) -> Client {
    Client
}

#[container]
struct App {
    #[input]
    port: u16,
    #[factory(connect)]
    client: Client,
}

fn main() {}
