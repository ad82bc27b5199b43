//! The attributes of dependencies are for `Inject`, not for other extractors.

use inject_runtime::get;

#[get("/", public)]
pub async fn index(#[external] _method: axum::http::Method) {}

fn main() {}
