//! A cycle through a component that is taken by value is a cycle.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Cache {
    warmer: Warmer,
}

#[service]
struct Warmer {
    index: Arc<Index>,
}

#[service]
struct Index {
    cache: Arc<Cache>,
}

#[container]
struct App {
    cache: Arc<Cache>,
    index: Arc<Index>,
}

fn main() {}
