//! A missing dependency of one of many implementations is reported at its binding.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Common, service};

#[in_layer(Common)]
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
