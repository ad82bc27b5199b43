//! The other parameters are extractors.

use axum::response::Response;
use inject_runtime::{Next, Routes, around, container, get, routes};

pub struct User;

#[around]
pub async fn audited(_user: User, next: Next) -> Response {
    next.run().await
}

#[get("/books", public)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books].around::<audited>()
}

#[container]
pub struct App {}

fn main() {}
