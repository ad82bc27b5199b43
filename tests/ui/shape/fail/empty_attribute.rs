//! The arguments of an attribute are not empty.

use inject_runtime::service;

#[service]
struct Cache {
    #[init()]
    size: usize,
}

fn main() {}
