//! A component does not take the binding of a port.

use std::sync::Arc;

use inject_runtime::{PerRequest, container, service};

#[service(scope = request)]
trait Greeting: Send {}

#[service(scope = request)]
struct English;

impl Greeting for English {}

#[service]
struct Host {
    greeting: PerRequest<dyn Greeting>,
}

#[container]
struct App {
    #[bind(English)]
    greeting: PerRequest<dyn Greeting>,
    host: Arc<Host>,
}

fn main() {}
