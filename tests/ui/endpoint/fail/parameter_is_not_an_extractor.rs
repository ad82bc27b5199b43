//! Every parameter is an extractor.

use inject_runtime::{Routes, container, get, routes};

pub struct Filter;

#[get("/users", public)]
pub async fn list(_filter: Filter) {}

pub fn all() -> Routes<App> {
    routes![list]
}

#[container]
pub struct App {}

fn main() {}
