//! The braces of a path are balanced.

use inject_runtime::get;

#[get("/users/{id", public)]
pub async fn index() {}

fn main() {}
