//! `#[include]` is for modules.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Index {}

#[container]
struct App {
    #[include]
    index: Arc<Index>,
}

fn main() {}
