//! A field is a dependency without an attribute.

use std::sync::Arc;

use inject_runtime::{common, service};

#[common]
struct Clock;

#[service]
struct Greeter {
    #[inject]
    clock: Arc<Clock>,
}

fn main() {}
