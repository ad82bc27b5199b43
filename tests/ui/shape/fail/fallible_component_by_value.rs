//! A component with a fallible constructor is shared.

use inject_runtime::{container, service};

struct Search;

#[service]
impl Search {
    #[inject]
    fn open() -> Result<Self, std::io::Error> {
        Ok(Self)
    }
}

#[container]
struct App {}

fn search(app: &App) -> Search {
    app.resolve()
}

fn main() {}
