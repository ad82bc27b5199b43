//! The error of an unknown key in a container suggests the nearest one.

use inject_runtime::container;

fn close(_: &u16) {}

#[container]
struct App {
    #[input]
    #[on_shutdown(close, dedline = 5)]
    port: u16,
}

fn main() {}
