//! Features.

pub mod notes;
pub mod users;

use inject_runtime::{Routes, get, routes};

use crate::app::App;

/// Routes of all features.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![health]
        .merge(users::routes())
        .merge(notes::routes())
}

/// Reports that the server runs.
#[get("/health", public)]
pub async fn health() -> &'static str {
    "ok"
}
