//! A port is bound in the container.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Mailer: Send + Sync {}

#[service]
struct Signup {
    mailer: Arc<dyn Mailer>,
}

#[container]
struct App {
    signup: Arc<Signup>,
}

fn main() {}
