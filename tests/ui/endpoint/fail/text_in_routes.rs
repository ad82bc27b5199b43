//! `routes!` takes paths of endpoints.

use inject_runtime::{Routes, container, routes};

pub fn all() -> Routes<App> {
    routes!["index"]
}

#[container]
pub struct App {}

fn main() {}
