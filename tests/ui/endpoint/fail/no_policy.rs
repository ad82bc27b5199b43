//! An endpoint has a policy.

use inject_runtime::{Routes, container, get, routes};

#[get("/users")]
pub async fn list_users() -> &'static str {
    "all"
}

pub fn all() -> Routes<App> {
    routes![list_users]
}

#[container]
pub struct App {}

fn main() {}
