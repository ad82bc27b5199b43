//! An unknown key is answered with the nearest, in a container as well.

use inject_runtime::container;

fn close(_: &u16) {}

#[container]
struct App {
    #[input]
    #[on_shutdown(close, dedline = 5)]
    port: u16,
}

fn main() {}
