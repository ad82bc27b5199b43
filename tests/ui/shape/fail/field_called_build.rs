//! `build` is taken.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    build: &'static str,
}

fn main() {}
