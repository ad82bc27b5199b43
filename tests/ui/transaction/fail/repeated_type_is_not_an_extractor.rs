//! A parameter that is not an extractor is one error, also where it would be extracted again.

use inject_runtime::{Routes, container, get, routes, transaction};

pub struct Filter;

#[get("/users", public)]
#[transaction(retry = 3)]
pub async fn list(_filter: Filter) {}

#[container]
pub struct App {}

fn all() -> Routes<App> {
    routes![list]
}

fn main() {
    let _ = all;
}
