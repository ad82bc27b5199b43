//! An endpoint has a path.

use inject_runtime::get;

#[get]
pub async fn index() {}

fn main() {}
