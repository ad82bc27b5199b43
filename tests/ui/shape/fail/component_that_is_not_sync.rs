//! A shared component is `Send + Sync`.

use std::{cell::Cell, sync::Arc};

use inject_runtime::{container, service};

#[service]
struct Counter {
    #[init]
    hits: Cell<u64>,
}

#[container]
struct App {
    counter: Arc<Counter>,
}

fn main() {}
