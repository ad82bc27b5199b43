//! A state that has a container is the container, also in a tuple; so is a container in an extension.

use std::sync::Arc;

use axum::{Extension, extract::State, http::HeaderMap};
use inject_runtime::{HasContainer, container, get, service};

#[container]
pub struct App {}

#[derive(Clone, HasContainer)]
pub struct AppState {
    app: Arc<App>,
}

#[get("/state", public)]
pub async fn state(_state: State<AppState>) {}

#[get("/pair", public)]
pub async fn pair(_pair: (HeaderMap, Extension<AppState>)) {}

#[service(scope = request)]
pub struct Users {
    state: State<AppState>,
}

fn main() {}
