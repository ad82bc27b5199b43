//! The rest comes last.

use inject_runtime::get;

#[get("/{*rest}/more", public)]
pub async fn index() {}

fn main() {}
