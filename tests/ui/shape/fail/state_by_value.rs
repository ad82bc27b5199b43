//! A component with state is shared.

use std::sync::{Arc, atomic::AtomicU64};

use inject_runtime::{Inject, container, get, routes, Routes, service};

#[service]
struct Counter {
    #[init]
    count: AtomicU64,
}

#[container]
struct App {
    counter: Arc<Counter>,
}

#[get("/visits", public)]
async fn visits(
    // One error, at the endpoint.
    counter: Inject<Counter>,
) {
    drop(counter);
}

fn all() -> Routes<App> {
    routes![visits]
}

fn main() {}
