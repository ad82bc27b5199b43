//! The endpoints, by version.

use inject_runtime::Routes;

use crate::app::App;

/// All endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    Routes::new().nest("/api/v1", v1()).nest("/api/v2", v2())
}

fn v1() -> Routes<App> {
    Routes::new()
}

fn v2() -> Routes<App> {
    Routes::new()
}
