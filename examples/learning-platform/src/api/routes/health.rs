//! For whoever runs this: load balancers, orchestrators.

use axum::response::NoContent;
use inject_runtime::{Inject, Routes, get, routes};

use crate::{api::errors::ApiError, app::App, services::health::HealthService};

/// The endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![live, ready]
}

/// Whether the process is alive. If it is not, start it again.
#[get("/health", public)]
pub async fn live() -> NoContent {
    NoContent
}

/// Whether it can answer requests now: the database does. If it does not, send requests elsewhere.
///
/// # Errors
///
/// The database does not answer.
#[get("/ready", public)]
pub async fn ready(Inject(health): Inject<HealthService>) -> Result<NoContent, ApiError> {
    match health.database().await {
        Ok(()) => Ok(NoContent),
        Err(error) => Err(ApiError::Unavailable(error)),
    }
}
