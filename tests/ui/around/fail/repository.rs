//! An around function is in the layer of routes.

use axum::response::Response;
use inject_runtime::{Inject, Next, around, repository};

#[repository]
pub struct AuditRepository;

#[around]
pub async fn audited(Inject(_audit): Inject<AuditRepository>, next: Next) -> Response {
    next.run().await
}

fn main() {}
