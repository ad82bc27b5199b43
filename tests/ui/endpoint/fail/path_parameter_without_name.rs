//! A parameter has a name.

use inject_runtime::get;

#[get("/users/{}", public)]
pub async fn index() {}

fn main() {}
