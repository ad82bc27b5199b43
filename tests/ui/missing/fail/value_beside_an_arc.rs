//! A value is injected in the form in which the container has it.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Common, service};

#[in_layer(Common)]
pub struct Settings;

#[service]
pub struct Greeter {
    _settings: Settings,
}

#[container]
pub struct App {
    #[input]
    settings: Arc<Settings>,
}

pub fn greeter(app: &App) -> Greeter {
    app.resolve()
}

fn main() {}
