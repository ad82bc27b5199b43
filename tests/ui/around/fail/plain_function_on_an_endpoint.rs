//! A function that is put around an endpoint has `#[around]`.

use axum::response::Response;
use inject_runtime::{Next, Routes, around, container, get, routes};

pub async fn logged(next: Next<'_>) -> Response {
    next.run().await
}

#[get("/books", public)]
#[around(logged)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books]
}

#[container]
pub struct App {}

fn main() {}
