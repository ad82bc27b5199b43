//! `routes!` takes endpoints.

use inject_runtime::{Routes, container, routes};

pub struct Index;

pub fn all() -> Routes<App> {
    routes![Index]
}

#[container]
pub struct App {}

fn main() {}
