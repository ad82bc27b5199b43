//! Three shared components do not need each other in a ring.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Cache {
    index: Arc<Index>,
}

#[service]
struct Index {
    search: Arc<Search>,
}

#[service]
struct Search {
    cache: Arc<Cache>,
}

#[container]
struct App {
    search: Arc<Search>,
    cache: Arc<Cache>,
    index: Arc<Index>,
}

fn main() {}
