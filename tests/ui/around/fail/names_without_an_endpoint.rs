//! Only an endpoint names around functions.

use axum::response::Response;
use inject_runtime::{Next, around};

#[around]
pub async fn logged(next: Next) -> Response {
    next.run().await
}

#[around(logged)]
pub async fn books() {}

fn main() {}
