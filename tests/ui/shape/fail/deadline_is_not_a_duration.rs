//! A deadline is a `Duration`.

use inject_runtime::container;

fn close(_: &u16) {}

#[container]
struct App {
    #[input]
    #[on_shutdown(close, deadline = 5)]
    port: u16,
}

fn main() {}
