//! Two mistakes are two errors, at once.

use inject_runtime::service;

#[service]
struct Cache {
    #[intit]
    size: usize,
    #[external(yes)]
    name: String,
}

fn main() {}
