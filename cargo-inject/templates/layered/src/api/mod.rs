//! The endpoints.

mod auth;
mod notes;
mod users;

use inject_runtime::{Routes, get, routes};

use crate::app::App;

/// All of them.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![health]
        .merge(auth::routes())
        .merge(notes::routes())
        .merge(users::routes())
}

/// Whether the server is up.
#[get("/health", public)]
pub async fn health() -> &'static str {
    "ok"
}
