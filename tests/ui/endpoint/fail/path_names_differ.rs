//! The parameters of one path have the same names for every method.

use inject_runtime::{Routes, container, delete, get, routes};

#[get("/users/{id}", public)]
pub async fn show() {}

#[delete("/users/{user}", public)]
pub async fn remove() {}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![show, remove]
}

fn main() {}
