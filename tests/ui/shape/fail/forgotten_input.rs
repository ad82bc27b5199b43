//! The builder takes a value for each `#[input]` field.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    name: &'static str,
    #[input]
    port: u16,
}

fn start() -> AppBuilder {
    App::builder(AppInputs { port: 80 })
}

fn main() {}
