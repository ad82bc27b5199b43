//! A port in a container has a binding.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {}

#[container]
struct App {
    mailer: Arc<dyn Mailer>,
}

fn main() {}
