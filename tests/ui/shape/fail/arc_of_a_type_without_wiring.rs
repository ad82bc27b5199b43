//! `Arc<T>` without an attribute is built by the wiring of `T`.

use std::sync::Arc;

use inject_runtime::container;

struct Settings;

#[container]
struct App {
    settings: Arc<Settings>,
}

fn main() {}
