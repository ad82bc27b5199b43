//! Two mistakes are two errors, at once.

use inject_runtime::service;

#[service]
struct Cache {
    #[inject(defualt)]
    size: usize,
    #[external(yes)]
    name: String,
}

fn main() {}
