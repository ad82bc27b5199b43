//! Many bindings need a `Vec`.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Check: Send + Sync {}

#[service]
struct Disk;

impl Check for Disk {}

#[service]
struct Memory;

impl Check for Memory {}

#[container]
struct App {
    #[bind(Disk, Memory)]
    check: Arc<dyn Check>,
}

fn main() {}
