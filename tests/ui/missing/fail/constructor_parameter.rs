//! A constructor asks the container for its parameters.

use std::sync::Arc;

use inject_runtime::{container, service, shared};

#[shared(layer_only)]
struct Settings;

struct Search;

#[service]
impl Search {
    #[inject]
    async fn open(settings: Arc<Settings>) -> Self {
        drop(settings);
        Self
    }
}

#[container]
struct App {
    search: Arc<Search>,
}

fn main() {}
