//! The attributes of components are not for fields of a container.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    #[init]
    port: u16,
}

fn main() {}
