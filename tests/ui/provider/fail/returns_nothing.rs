//! A provider returns the value that it provides.

use inject_runtime::inject;

#[inject]
pub async fn verified() {}

fn main() {}
