//! The attributes of dependencies are about what comes from the container.

use inject_runtime::get;

#[get("/", public)]
pub async fn index(#[external] _method: axum::http::Method) {}

fn main() {}
