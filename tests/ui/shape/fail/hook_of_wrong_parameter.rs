//! A shutdown hook takes a reference to the field.

use inject_runtime::container;

async fn close(name: &str) {
    let _ = name;
}

#[container]
struct App {
    #[input]
    #[on_shutdown(close)]
    port: u16,
}

fn main() {}
