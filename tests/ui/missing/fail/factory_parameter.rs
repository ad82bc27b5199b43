//! The container provides the parameters of a factory.

use std::sync::Arc;

use inject_runtime::container;

struct Settings;

fn connect(settings: Arc<Settings>) -> u16 {
    drop(settings);
    80
}

#[container]
struct App {
    #[factory(connect)]
    port: u16,
}

fn main() {}
