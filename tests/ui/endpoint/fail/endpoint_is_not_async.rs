//! An endpoint is async.

use inject_runtime::{Routes, container, get, routes};

#[get("/", public)]
pub fn index() -> &'static str {
    "hello"
}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {}

fn main() {}
