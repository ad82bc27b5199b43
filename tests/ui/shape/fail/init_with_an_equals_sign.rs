//! The expression of `#[init]` is in parentheses.

use inject_runtime::service;

#[service]
struct Cache {
    #[init = 3]
    size: usize,
}

fn main() {}
