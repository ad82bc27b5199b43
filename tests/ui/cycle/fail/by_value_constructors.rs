//! Two components that are built in place do not need each other.

use inject_runtime::{container, service};

struct Cache;

struct Index;

#[service(scope = transient)]
impl Cache {
    #[inject]
    fn new(_: Index) -> Self {
        Self
    }
}

#[service(scope = transient)]
impl Index {
    #[inject]
    fn new(_: Cache) -> Self {
        Self
    }
}

#[container]
struct App {}

fn cache(app: &App) -> Cache {
    app.resolve()
}

fn main() {}
