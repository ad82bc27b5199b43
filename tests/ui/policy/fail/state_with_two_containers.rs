//! A state has one container.

use std::sync::Arc;

use inject_runtime::{HasContainer, container};

#[container]
pub struct App {}

#[derive(Clone, HasContainer)]
struct AppState {
    #[container]
    first: Arc<App>,
    #[container]
    second: Arc<App>,
}

#[derive(Clone, HasContainer)]
struct Unmarked {
    first: Arc<App>,
    name: String,
}

fn main() {}
