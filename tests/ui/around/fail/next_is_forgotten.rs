//! The last parameter of an around function is the rest of the request.

use axum::{http::HeaderMap, response::Response};
use inject_runtime::around;

#[around]
pub async fn logged(_headers: HeaderMap) -> Response {
    Response::default()
}

fn main() {}
