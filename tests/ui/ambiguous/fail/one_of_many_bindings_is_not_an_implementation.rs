//! Every one of many bindings implements the trait.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Check: Send + Sync {}

#[service]
struct Disk;

impl Check for Disk {}

#[service]
struct Memory;

#[container]
struct App {
    #[bind(Disk, Memory)]
    checks: Vec<Arc<dyn Check>>,
}

fn main() {}
