//! A factory is a function, not its result.

use inject_runtime::container;

fn port() -> u16 {
    80
}

#[container]
struct App {
    #[factory(port())]
    port: u16,
}

fn main() {}
