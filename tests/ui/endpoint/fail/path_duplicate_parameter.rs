//! A path has no two parameters of one name.

use inject_runtime::get;

#[get("/users/{id}/books/{id}", public)]
pub async fn index() {}

fn main() {}
