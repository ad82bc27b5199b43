//! The container of the router provides the dependencies of a handler.

use std::sync::Arc;

use inject_runtime::{Inject, container, service};

#[service]
trait Mailer: Send + Sync {}

#[service]
struct Signup {
    mailer: Arc<dyn Mailer>,
}

#[container]
struct App {}

#[axum::debug_handler(state = Arc<App>)]
async fn sign_up(Inject(_signup): Inject<Signup>) {}

fn main() {}
