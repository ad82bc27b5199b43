//! A component by value is not listed in the container.

use inject_runtime::{container, service};

#[service]
struct Clock;

#[container]
struct App {
    clock: Clock,
}

fn clock(app: &App) -> Clock {
    app.resolve()
}

fn main() {}
