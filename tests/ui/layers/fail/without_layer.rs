//! A dependency has a layer: one that has none is reported once, where the container is known.

use std::sync::Arc;

use inject_runtime::{container, service};

struct Client;

#[service]
struct Weather {
    client: Arc<Client>,
}

#[service]
struct Forecast {
    client: Arc<Client>,
}

#[container]
struct App {
    #[input]
    client: Arc<Client>,
    weather: Arc<Weather>,
    forecast: Arc<Forecast>,
}

fn main() {}
