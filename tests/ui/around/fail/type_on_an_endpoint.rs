//! A type is not an around function.

use inject_runtime::{Routes, around, container, get, routes};

pub struct Logged;

#[get("/books", public)]
#[around(Logged)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books]
}

#[container]
pub struct App {}

fn main() {}
