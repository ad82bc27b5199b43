//! The container provides what an around function of an endpoint takes.

use std::sync::Arc;

use axum::response::Response;
use inject_runtime::{Inject, Next, Routes, around, container, get, routes, service};

#[service]
pub trait Audit: Send + Sync {}

#[around]
pub async fn audited(Inject(_audit): Inject<Arc<dyn Audit>>, next: Next) -> Response {
    next.run().await
}

#[get("/books", public)]
#[around(audited)]
pub async fn books() {}

pub fn all() -> Routes<App> {
    routes![books]
}

#[container]
pub struct App {}

fn main() {}
