//! A component with an async constructor is shared.

use inject_runtime::{container, service};

struct Search;

#[service]
impl Search {
    #[inject]
    async fn open() -> Self {
        Self
    }
}

#[service]
struct Catalogue {
    search: Search,
}

#[container]
struct App {}

fn catalogue(app: &App) -> Catalogue {
    app.resolve()
}

fn main() {}
