//! An attribute that needs arguments has some.

use inject_runtime::service;

#[service]
struct Cache {
    #[inject()]
    size: usize,
}

fn main() {}
