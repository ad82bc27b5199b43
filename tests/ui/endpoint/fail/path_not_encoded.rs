//! A path is written as clients send it.

use inject_runtime::get;

#[get("/café", public)]
pub async fn menu() {}

fn main() {}
