//! A factory is in scope.

use inject_runtime::container;

#[container]
struct App {
    #[factory(connect)]
    port: u16,
}

fn main() {}
