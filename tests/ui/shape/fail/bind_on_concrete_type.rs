//! A binding is for a port, not for a component.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Clock;

#[container]
struct App {
    #[bind(Clock)]
    clock: Arc<Clock>,
}

fn main() {}
