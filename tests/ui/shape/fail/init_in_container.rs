//! `#[init]` is for components, not for fields of a container.

use inject_runtime::container;

#[container]
struct App {
    #[init]
    port: u16,
}

fn main() {}
