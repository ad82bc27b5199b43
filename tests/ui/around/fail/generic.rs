//! An around function has no generic parameters.

use axum::response::Response;
use inject_runtime::{Next, around};

#[around]
pub async fn logged<'a>(next: Next<'a>) -> Response {
    next.run().await
}

fn main() {}
