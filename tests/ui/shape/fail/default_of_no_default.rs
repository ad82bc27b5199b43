//! `#[inject(default)]` needs `Default`.

use inject_runtime::service;

struct Size;

#[service]
struct Cache {
    #[inject(default)]
    size: Size,
}

fn main() {}
