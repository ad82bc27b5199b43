//! A container has no generic parameters.

use std::sync::Arc;

use inject_runtime::container;

#[container]
struct App<T> {
    #[provided]
    value: Arc<T>,
}

fn main() {}
