//! The body belongs to the endpoint.

use axum::{Json, response::Response};
use inject_runtime::{Next, Routes, around, container, get, routes};

#[around]
pub async fn logged(_body: Json<u32>, next: Next) -> Response {
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
