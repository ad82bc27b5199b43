//! A path parameter is in braces, not after a colon as in axum 0.7.

use inject_runtime::get;

#[get("/users/:id", public)]
pub async fn index() {}

fn main() {}
