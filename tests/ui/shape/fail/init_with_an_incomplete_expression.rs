//! `#[init]` takes an expression.

use inject_runtime::service;

#[service]
struct Cache {
    #[init(16 *)]
    size: usize,
}

fn main() {}
