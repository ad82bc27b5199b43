//! A state without a container.

use axum::{Router, routing};
use inject_runtime::{Bearer, get};

#[derive(Clone)]
struct AppState;

#[get("/me", authenticated = Bearer)]
async fn me() {}

fn router() -> Router<AppState> {
    Router::new().route("/me", routing::get(me))
}

fn main() {}
