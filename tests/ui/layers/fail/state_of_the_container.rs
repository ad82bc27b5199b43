//! A route does not take the container, from which it could resolve a repository.

use std::sync::Arc;

use axum::extract::State;
use inject_runtime::{Routes, container, get, repository, routes};

#[repository]
pub struct Users;

#[container]
pub struct App {}

#[get("/users", public)]
pub async fn users(State(app): State<Arc<App>>) {
    let _: Users = app.resolve();
}

pub fn all() -> Routes<App> {
    routes![users]
}

fn main() {}
