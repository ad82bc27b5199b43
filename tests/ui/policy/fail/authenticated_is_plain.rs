//! What every request has is no principal.

use axum::http::HeaderMap;
use inject_runtime::get;

#[get("/me", authenticated = HeaderMap)]
async fn me() {}

fn main() {}
