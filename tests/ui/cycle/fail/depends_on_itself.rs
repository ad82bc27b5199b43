//! A shared component does not need itself.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Cache {
    cache: Arc<Cache>,
}

#[container]
struct App {
    cache: Arc<Cache>,
}

fn main() {}
