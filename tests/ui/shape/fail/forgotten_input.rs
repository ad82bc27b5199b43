//! Every `#[provided]` field is handed in.

use inject_runtime::container;

#[container]
struct App {
    #[provided]
    name: &'static str,
    #[provided]
    port: u16,
}

fn start() -> AppBuilder {
    App::builder(AppInputs { port: 80 })
}

fn main() {}
