//! The function of an endpoint awaits what it calls.

use inject_runtime::{Inject, get, service};

#[service]
pub struct Library;

impl Library {
    async fn count(&self) -> String {
        "3".to_owned()
    }
}

#[get("/books", public)]
pub async fn count(Inject(library): Inject<Library>) -> String {
    library.count()
}

fn main() {}
