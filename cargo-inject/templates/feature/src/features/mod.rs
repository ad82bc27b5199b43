//! The features.

pub mod notes;
pub mod users;

use inject_runtime::{Routes, get, routes};

use crate::app::App;

/// The endpoints of all of them.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![health]
        .merge(users::routes())
        .merge(notes::routes())
}

/// Whether the server is up.
#[get("/health", public)]
pub async fn health() -> &'static str {
    "ok"
}
