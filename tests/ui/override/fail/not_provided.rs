//! Only the output of a provider can be overridden.

use inject_runtime::{Routes, container};

pub fn all() -> Routes<App> {
    Routes::new().override_provider(|_| 5_i32)
}

#[container]
pub struct App {}

fn main() {}
