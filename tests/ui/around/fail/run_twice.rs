//! The rest of a request runs at most once.

use axum::response::Response;
use inject_runtime::{Next, around};

#[around]
pub async fn retried(next: Next) -> Response {
    let response = next.run().await;
    if response.status().is_server_error() { next.run().await } else { response }
}

fn main() {}
