//! `#[init]` needs `Default`.

use inject_runtime::service;

struct Size;

#[service]
struct Cache {
    #[init]
    size: Size,
}

fn main() {}
