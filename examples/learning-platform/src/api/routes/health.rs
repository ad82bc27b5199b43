//! Health checks for load balancers and orchestrators.

use axum::response::NoContent;
use inject_runtime::{Inject, Routes, get, routes};

use crate::{api::errors::ApiError, app::App, services::health::HealthService};

/// Returns the endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![live, ready]
}

/// Liveness check: succeeds if the process responds. If it fails, restart the process.
#[get("/health", public)]
pub async fn live() -> NoContent {
    NoContent
}

/// Readiness check: succeeds if the database responds. If it fails, send requests to another instance.
///
/// # Errors
///
/// The database does not respond.
#[get("/ready", public)]
pub async fn ready(Inject(health): Inject<HealthService>) -> Result<NoContent, ApiError> {
    match health.check_database().await {
        Ok(()) => Ok(NoContent),
        Err(error) => Err(ApiError::Unavailable(error)),
    }
}
