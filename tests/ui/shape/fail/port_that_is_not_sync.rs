//! A port is `Send + Sync`.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
trait Clock {}

#[service]
struct SystemClock;

impl Clock for SystemClock {}

#[container]
struct App {
    #[bind(SystemClock)]
    clock: Arc<dyn Clock>,
}

fn main() {}
