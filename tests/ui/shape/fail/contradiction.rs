//! A field is a dependency or it is not.

use inject_runtime::service;

#[service]
struct Cache {
    #[external]
    #[init]
    size: usize,
}

fn main() {}
