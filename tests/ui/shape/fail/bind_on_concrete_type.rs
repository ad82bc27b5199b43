//! A binding chooses what is behind a port.

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
