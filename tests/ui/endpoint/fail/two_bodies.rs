//! Only one parameter can read the body.

use inject_runtime::{Routes, container, post, routes};

#[post("/users", public)]
pub async fn create(text: String, _body: axum::body::Bytes) -> String {
    text
}

pub fn all() -> Routes<App> {
    routes![create]
}

#[container]
pub struct App {}

fn main() {}
