//! The function of an endpoint, without its policy, is no handler.

use std::sync::Arc;

use axum::{Router, routing};
use inject_runtime::{Bearer, container, get};

#[get("/me", authenticated = Bearer)]
async fn me() {}

#[container]
pub struct App {}

fn router() -> Router<Arc<App>> {
    Router::new().route("/me", routing::get(me::call))
}

fn main() {}
