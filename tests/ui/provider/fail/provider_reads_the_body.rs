//! A provider does not read the body.

use inject_runtime::{Routes, container, get, inject, routes};

#[derive(Clone)]
pub struct Signature;

#[inject]
pub async fn signature(_body: axum::body::Bytes) -> Signature {
    Signature
}

#[get("/", public)]
pub async fn index(_signature: Signature) {}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {}

fn main() {}
