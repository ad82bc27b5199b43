//! Routes go by methods that there are.

use inject_runtime::route;

#[route(GTE, "/", public)]
pub async fn index() {}

fn main() {}
