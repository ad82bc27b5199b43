//! What a component needs, the container provides.

use std::sync::Arc;

use inject_runtime::{container, repository, shared};

#[shared(layer_only)]
struct Settings;

#[repository]
struct Users {
    settings: Arc<Settings>,
}

#[container]
struct App {}

fn users(app: &App) -> Users {
    app.inject()
}

fn main() {}
