//! What one of many implementations needs is reported at it.

use std::sync::Arc;

use inject_runtime::{container, service, shared};

#[shared(layer_only)]
struct Settings;

#[service]
trait Check: Send + Sync {}

#[service]
struct Disk {
    settings: Arc<Settings>,
}

impl Check for Disk {}

#[container]
struct App {
    #[bind(Disk)]
    checks: Vec<Arc<dyn Check>>,
}

fn main() {}
