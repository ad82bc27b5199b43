//! A guard does not read the body.

use inject_runtime::{Routes, container};

pub fn all() -> Routes<App> {
    Routes::new().guard::<String>()
}

#[container]
pub struct App {}

fn main() {}
