//! A type is not an around function.

use inject_runtime::{Routes, container, get, routes};

pub struct Logged;

#[get("/books", public)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books].around::<Logged>()
}

#[container]
pub struct App {}

fn main() {}
