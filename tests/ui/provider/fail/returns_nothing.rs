//! A provider returns what it provides.

use inject_runtime::inject;

#[inject]
pub async fn verified() {}

fn main() {}
