//! A foreign type has no layer, unless it is `#[external]`.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Greeter {
    greeting: String,
}

#[container]
struct App {
    #[input]
    greeting: String,
    greeter: Arc<Greeter>,
}

fn main() {}
