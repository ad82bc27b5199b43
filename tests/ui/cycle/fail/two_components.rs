//! Two shared components do not need each other.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Cache {
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
