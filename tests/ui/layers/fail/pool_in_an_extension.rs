//! A pool is infrastructure, wherever a route takes it from.

use axum::Extension;
use inject_runtime::{get, service};
use sqlx::SqlitePool;

#[get("/users", public)]
pub async fn users(Extension(_pool): Extension<SqlitePool>) {}

#[service(scope = request)]
pub struct Users {
    pool: Extension<SqlitePool>,
}

fn main() {}
