//! A dependency of a layer is a component, or a field of the container.

use inject_runtime::{container, in_layer, layer::Common, service};

#[in_layer(Common)]
struct Clock;

#[service]
struct Greeter {
    clock: Clock,
}

#[container]
struct App {}

fn greeter(app: &App) -> Greeter {
    app.resolve()
}

fn main() {}
