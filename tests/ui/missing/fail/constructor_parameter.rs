//! The container provides the parameters of a constructor.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Common, service};

#[in_layer(Common)]
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
