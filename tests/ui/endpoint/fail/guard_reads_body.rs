//! A guard runs before the body is touched.

use inject_runtime::{Routes, container};

pub fn all() -> Routes<App> {
    Routes::new().guard::<String>()
}

#[container]
pub struct App {}

fn main() {}
