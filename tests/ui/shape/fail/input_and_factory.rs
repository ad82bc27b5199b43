//! A field of a container has one recipe.

use inject_runtime::container;

fn port() -> u16 {
    80
}

#[container]
struct App {
    #[input]
    #[factory(port)]
    port: u16,
}

fn main() {}
