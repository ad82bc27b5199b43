//! Two mistakes are two errors in one compilation.

use inject_runtime::service;

#[service]
struct Cache {
    #[init = 3]
    size: usize,
    #[external(yes)]
    name: String,
}

fn main() {}
