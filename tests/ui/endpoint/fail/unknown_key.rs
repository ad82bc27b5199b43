//! The keys of an endpoint.

use inject_runtime::get;

#[get("/", pubic)]
pub async fn index() {}

fn main() {}
