//! Endpoints.

mod auth;
mod notes;
mod users;

use inject_runtime::{Routes, get, routes};

use crate::app::App;

/// Routes of the endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![health]
        .merge(auth::routes())
        .merge(notes::routes())
        .merge(users::routes())
}

/// Reports that the server runs.
#[get("/health", public)]
pub async fn health() -> &'static str {
    "ok"
}
