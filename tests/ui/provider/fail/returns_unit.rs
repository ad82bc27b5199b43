//! A unit type cannot be told from another.

use inject_runtime::inject;

#[inject]
pub async fn verified() -> () {}

fn main() {}
