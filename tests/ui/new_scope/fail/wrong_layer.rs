//! An endpoint takes services, in a new scope as well.

use inject_runtime::{NewScope, get, repository};

#[repository(scope = request)]
pub struct Books {}

#[get("/", public)]
pub async fn list(books: NewScope<Books>) {
    drop(books);
}

fn main() {}
