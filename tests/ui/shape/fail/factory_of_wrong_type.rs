//! A factory returns the type of the field.

use inject_runtime::container;

fn port() -> u32 {
    80
}

#[container]
struct App {
    #[factory(port)]
    port: u16,
}

fn main() {}
