//! A container has no generic parameters.

use std::sync::Arc;

use inject_runtime::container;

#[container]
struct App<T> {
    #[input]
    value: Arc<T>,
}

fn main() {}
