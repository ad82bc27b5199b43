//! The syntax of axum 0.7 is another.

use inject_runtime::get;

#[get("/users/:id", public)]
pub async fn index() {}

fn main() {}
