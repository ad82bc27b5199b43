//! A function that is put around routes has `#[around]`.

use axum::response::Response;
use inject_runtime::{Next, Routes, container, get, routes};

pub async fn logged(next: Next<'_>) -> Response {
    next.run().await
}

#[get("/books", public)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books].around::<logged>()
}

#[container]
pub struct App {}

fn main() {}
