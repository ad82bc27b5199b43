//! The expression of `#[init]` has the type of the field.

use inject_runtime::service;

#[service]
struct Cache {
    #[init("16")]
    size: usize,
}

fn main() {}
