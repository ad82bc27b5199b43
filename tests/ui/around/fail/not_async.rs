//! An around function waits for the endpoint.

use axum::response::Response;
use inject_runtime::{Next, around};

#[around]
pub fn logged(_next: Next<'_>) -> Response {
    Response::default()
}

fn main() {}
