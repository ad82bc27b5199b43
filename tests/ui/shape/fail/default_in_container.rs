//! `#[init]` does not say how a field of a container is built.

use inject_runtime::container;

#[container]
struct App {
    #[init]
    port: u16,
}

fn main() {}
