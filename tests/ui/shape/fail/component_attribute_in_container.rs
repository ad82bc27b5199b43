//! Attributes of components mean nothing in a container.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    #[init]
    port: u16,
}

fn main() {}
