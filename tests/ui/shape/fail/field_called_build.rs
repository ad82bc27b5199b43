//! `build` is a method of the builder, so no field has this name.

use inject_runtime::container;

#[container]
struct App {
    #[input]
    build: &'static str,
}

fn main() {}
