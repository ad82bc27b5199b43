//! `#[external]` does not hide the container.

use std::sync::Arc;

use axum::extract::State;
use inject_runtime::{container, service};

#[container]
pub struct App {}

#[service(scope = request)]
pub struct Users {
    #[external]
    app: State<Arc<App>>,
}

fn main() {}
