//! A handler may inject a service.

use std::sync::Arc;

use axum::{Router, routing::get};
use inject_runtime::{Inject, container, service};

#[service]
struct Users;

#[container]
struct App {}

async fn count(Inject(_users): Inject<Users>) {}

fn router(app: Arc<App>) -> Router {
    Router::new().route("/", get(count)).with_state(app)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    drop(router(App::builder().build().await.expect("nothing to build")));
}
