//! The container provides the dependencies of a component.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Common, repository};

#[in_layer(Common)]
struct Settings;

#[repository]
struct Users {
    settings: Arc<Settings>,
}

#[container]
struct App {}

fn users(app: &App) -> Users {
    app.resolve()
}

fn main() {}
