//! The container of the state does not provide a dependency.

use std::sync::Arc;

use axum::{Router, routing};
use inject_runtime::{Inject, container, get, service};

#[service]
pub trait Mailer: Send + Sync {}

#[service]
pub struct Letters {
    mailer: Arc<dyn Mailer>,
}

#[get("/letters", public)]
async fn letters(Inject(_letters): Inject<Letters>) {}

#[container]
pub struct App {}

fn router() -> Router<Arc<App>> {
    Router::new().route("/letters", routing::get(letters))
}

fn main() {}
