//! The extractor of the body is the last parameter.

use inject_runtime::{Routes, container, post, routes};

#[post("/users", public)]
pub async fn create(text: String, _method: axum::http::Method) -> String {
    text
}

pub fn all() -> Routes<App> {
    routes![create]
}

#[container]
pub struct App {}

fn main() {}
