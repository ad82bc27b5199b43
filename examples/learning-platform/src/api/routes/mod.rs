//! Endpoints, by version.

pub mod auth;
pub mod chatbot;
pub mod content;
pub mod health;
pub mod progress;
pub mod users;

use axum::Router;
use inject_runtime::Routes;

use super::{errors::ApiError, openapi};
use crate::app::App;

/// Returns all endpoints, the OpenAPI document and the fallbacks. [`middleware::wrap`](super::middleware::wrap) adds
/// the middleware.
#[must_use]
pub fn routes() -> Routes<App> {
    let endpoints = endpoints();
    let document = openapi::document(&endpoints);
    endpoints.map_router(|router: Router| {
        router
            .merge(openapi::page(document))
            .fallback(async || ApiError::UnknownPath)
            .method_not_allowed_fallback(async || ApiError::WrongMethod)
    })
}

/// Returns the endpoints only.
#[must_use]
pub fn endpoints() -> Routes<App> {
    health::routes().nest("/api/v1", v1()).nest("/api/v2", v2())
}

fn v1() -> Routes<App> {
    Routes::new()
        .merge(auth::v1())
        .merge(chatbot::v1())
        .merge(content::v1())
        .merge(progress::v1())
        .merge(users::v1())
}

fn v2() -> Routes<App> {
    Routes::new()
        .merge(auth::v2())
        .merge(chatbot::v1())
        .merge(content::v2())
        .merge(progress::v2())
        .merge(users::v2())
}
