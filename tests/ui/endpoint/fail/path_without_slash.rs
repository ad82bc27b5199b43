//! A path starts with a slash.

use inject_runtime::get;

#[get("users", public)]
pub async fn index() {}

fn main() {}
