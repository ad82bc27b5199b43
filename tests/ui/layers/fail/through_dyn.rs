//! A port belongs to the layer of its trait.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
trait Mailer: Send + Sync {}

#[repository]
struct Users {
    mailer: Arc<dyn Mailer>,
}

fn main() {}
