//! An endpoint is not an around function.

use inject_runtime::{Routes, container, get, routes};

#[get("/books", public)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books].around::<books>()
}

#[container]
pub struct App {}

fn main() {}
