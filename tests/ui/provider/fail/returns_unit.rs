//! A provider does not return `()`.

use inject_runtime::inject;

#[inject]
pub async fn verified() -> () {}

fn main() {}
