//! Container and routes of all features.

use inject_runtime::{Routes, container};
use sqlx::SqlitePool;

use crate::{database, features};

/// Container of the application. Features are not listed: the generated code builds their services and repositories for each request.
#[container]
pub struct App {
    /// Connection pool of all features. Each request has one transaction, which all features involved in it share.
    #[factory(database::connect)]
    #[on_shutdown(SqlitePool::close)]
    pool: SqlitePool,
}

/// Returns the endpoints of all features.
#[must_use]
pub fn routes() -> Routes<App> {
    features::users::routes().merge(features::content::routes())
}
