//! An endpoint has known keys.

use inject_runtime::get;

#[get("/", pubic)]
pub async fn index() {}

fn main() {}
