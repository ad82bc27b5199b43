//! A dependency of a layer is a component, or a field of the container.

use inject_runtime::{container, service, shared};

#[shared(layer_only)]
struct Clock;

#[service]
struct Greeter {
    clock: Clock,
}

#[container]
struct App {}

fn greeter(app: &App) -> Greeter {
    app.inject()
}

fn main() {}
