//! `routes!` takes endpoints.

use inject_runtime::{Routes, container, routes};

pub async fn index() {}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {}

fn main() {}
