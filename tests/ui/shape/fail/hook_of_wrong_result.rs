//! A shutdown hook returns nothing, or a result of nothing.

use inject_runtime::container;

async fn close(port: &u16) -> u16 {
    *port
}

#[container]
struct App {
    #[input]
    #[on_shutdown(close)]
    port: u16,
}

fn main() {}
