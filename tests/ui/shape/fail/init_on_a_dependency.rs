//! `#[init]` excludes the attributes of dependencies.

use inject_runtime::service;

#[service]
struct Cache {
    #[external]
    #[init]
    size: usize,
}

fn main() {}
