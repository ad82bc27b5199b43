//! A component with state is shared.

use std::sync::{Arc, atomic::AtomicU64};

use inject_runtime::{container, service};

#[service]
struct Counter {
    #[init]
    count: AtomicU64,
}

#[service]
struct Visits {
    counter: Counter,
}

#[container]
struct App {
    counter: Arc<Counter>,
    visits: Arc<Visits>,
}

fn main() {}
