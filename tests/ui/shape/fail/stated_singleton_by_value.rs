//! A component that says that it is a singleton is shared.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service(scope = singleton)]
struct Clock;

#[service]
struct Report {
    clock: Clock,
}

#[container]
struct App {
    clock: Arc<Clock>,
    report: Arc<Report>,
}

fn main() {}
