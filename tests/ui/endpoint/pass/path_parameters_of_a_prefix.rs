//! The prefix of nested routes may have parameters, so that an endpoint may take more than its own path has.

use std::collections::HashMap;

use axum::extract::Path;
use inject_runtime::{Routes, container, get, routes};

#[get("/items", public)]
pub async fn items(Path(_shop): Path<u32>) {}

#[get("/items/{item}", public)]
pub async fn item(Path((_shop, _item)): Path<(u32, u32)>) {}

#[get("/items/{item}/{größe}/{{x}}", public)]
pub async fn all_of(Path(_all): Path<HashMap<String, String>>) {}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    Routes::new().nest("/shops/{shop}", routes![items, item, all_of])
}

fn main() {}
