//! A shutdown hook is async.

use inject_runtime::container;

fn close(port: &u16) {
    let _ = port;
}

#[container]
struct App {
    #[provided]
    #[on_shutdown(close)]
    port: u16,
}

fn main() {}
