//! `build` is taken.

use inject_runtime::container;

#[container]
struct App {
    #[provided]
    build: &'static str,
}

fn main() {}
