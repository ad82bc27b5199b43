//! An around function is in the layer of routes.

use axum::response::Response;
use inject_runtime::{Next, around, repository};

#[repository(scope = request)]
pub struct AuditRepository;

#[around]
pub async fn audited(_audit: AuditRepository, next: Next) -> Response {
    next.run().await
}

fn main() {}
