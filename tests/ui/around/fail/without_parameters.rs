//! An around function runs the endpoint: it takes the rest of the request.

use axum::response::Response;
use inject_runtime::around;

#[around]
pub async fn logged() -> Response {
    Response::default()
}

fn main() {}
