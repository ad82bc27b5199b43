//! Features.

pub mod health;
pub mod notes;
pub mod users;

use inject_runtime::Routes;

use crate::app::App;

/// Routes of all features.
#[must_use]
pub fn routes() -> Routes<App> {
    health::routes()
        .merge(users::routes())
        .merge(notes::routes())
}
