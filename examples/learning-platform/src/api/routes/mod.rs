//! The endpoints, by version.

pub mod auth;
pub mod chatbot;
pub mod users;

use inject_runtime::Routes;

use crate::app::App;

/// All endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    Routes::new().nest("/api/v1", v1()).nest("/api/v2", v2())
}

fn v1() -> Routes<App> {
    Routes::new().merge(auth::v1()).merge(chatbot::v1()).merge(users::v1())
}

fn v2() -> Routes<App> {
    Routes::new().merge(auth::v2()).merge(chatbot::v1()).merge(users::v2())
}
