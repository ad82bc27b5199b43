//! An around function has no arguments but the path of the crate.

use axum::response::Response;
use inject_runtime::{Next, around};

#[around(crate = inject_runtime, outer)]
pub async fn logged(next: Next) -> Response {
    next.run().await
}

fn main() {}
