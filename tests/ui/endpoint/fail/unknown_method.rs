//! `#[route]` takes a known method.

use inject_runtime::route;

#[route(GTE, "/", public)]
pub async fn index() {}

fn main() {}
