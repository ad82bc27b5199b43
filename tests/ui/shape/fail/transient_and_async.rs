//! A component with an async constructor is a singleton.

use inject_runtime::service;

struct Search;

#[service(scope = transient)]
impl Search {
    #[inject]
    async fn open() -> Self {
        Self
    }
}

fn main() {}
