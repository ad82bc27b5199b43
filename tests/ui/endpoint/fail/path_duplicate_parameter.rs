//! Parameters have names of their own.

use inject_runtime::get;

#[get("/users/{id}/books/{id}", public)]
pub async fn index() {}

fn main() {}
