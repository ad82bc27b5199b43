//! The type decides, and not its name.

use std::sync::Arc;

use inject_runtime::{container, get, inject};

use axum::extract::State as Method;

#[container]
pub struct App {}

type Context = Option<axum::Extension<Arc<App>>>;

#[get("/users", public)]
pub async fn users(_app: Method<Arc<App>>) {}

#[derive(Clone)]
pub struct User;

#[inject]
pub fn current_user(_app: Context) -> User {
    User
}

fn main() {}
