//! Every `#[input]` field is handed in.

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
