//! The query is not part of the path.

use inject_runtime::get;

#[get("/users?page=1", public)]
pub async fn index() {}

fn main() {}
