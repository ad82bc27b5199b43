//! Endpoints.

mod auth;
mod health;
mod notes;
mod users;

use inject_runtime::Routes;

use crate::app::App;

/// Routes of the endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    health::routes()
        .merge(auth::routes())
        .merge(notes::routes())
        .merge(users::routes())
}
