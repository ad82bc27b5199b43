//! The container, and the routes of all features.

use inject_runtime::{Routes, container};
use sqlx::SqlitePool;

use crate::{database, features};

/// The application. Features are not listed: their services and repositories are built wherever they are asked for.
#[container]
pub struct App {
    /// One database for all features; one transaction for each request, whatever features take part in it.
    #[factory(database::connect)]
    #[on_shutdown(SqlitePool::close)]
    pool: SqlitePool,
}

/// The endpoints of all features.
#[must_use]
pub fn routes() -> Routes<App> {
    features::users::routes().merge(features::content::routes())
}
