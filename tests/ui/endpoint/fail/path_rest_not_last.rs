//! A wildcard is the last segment of a path.

use inject_runtime::get;

#[get("/{*rest}/more", public)]
pub async fn index() {}

fn main() {}
