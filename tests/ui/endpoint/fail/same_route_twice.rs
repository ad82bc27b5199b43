//! One endpoint for a method and a path.

use inject_runtime::{Routes, container, get, routes};

#[get("/users/{id}", public)]
pub async fn by_id() {}

#[get("/users/{name}", public)]
pub async fn by_name() {}

pub fn all() -> Routes<App> {
    routes![by_id, by_name]
}

#[container]
pub struct App {}

fn main() {}
