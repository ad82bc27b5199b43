//! Only fields that exist can be replaced.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    port: u16,
}

fn start() -> AppBuilder {
    App::builder(AppInputs { port: 80 }).prot(81)
}

fn main() {}
