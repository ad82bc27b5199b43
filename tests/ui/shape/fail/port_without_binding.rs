//! A port says which implementation it holds.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {}

#[container]
struct App {
    mailer: Arc<dyn Mailer>,
}

fn main() {}
