//! Without `#[axum::debug_handler]`, the error is axum's and names no dependency.

use std::sync::Arc;

use axum::{Router, routing::post};
use inject_runtime::{Inject, container, service};

#[service]
trait Mailer: Send + Sync {}

#[service]
struct Signup {
    mailer: Arc<dyn Mailer>,
}

#[container]
struct App {}

async fn sign_up(Inject(_signup): Inject<Signup>) {}

fn router(app: Arc<App>) -> Router {
    Router::new().route("/", post(sign_up)).with_state(app)
}

fn main() {}
