//! The rest of the request is the last parameter.

use axum::{http::HeaderMap, response::Response};
use inject_runtime::{Next, around};

#[around]
pub async fn logged(next: Next<'_>, _headers: HeaderMap) -> Response {
    next.run().await
}

fn main() {}
