//! Endpoints of the health checks.

use inject_runtime::{Inject, Routes, get, routes};

use super::service::HealthService;
use crate::{app::App, error::Error};

/// Routes of the endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![health, ready]
}

/// Reports that the process runs. If it does not, restart it.
#[get("/health", public)]
pub(super) async fn health() -> &'static str {
    "ok"
}

/// Reports that the database responds. If it does not, send requests to another instance.
#[get("/ready", public)]
pub(super) async fn ready(Inject(health): Inject<HealthService>) -> Result<&'static str, Error> {
    health.check().await?;
    Ok("ready")
}
