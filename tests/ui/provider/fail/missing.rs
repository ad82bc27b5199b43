//! What a provider injects, the container provides.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, inject, routes, service, shared};

#[service]
pub struct AuthService {
    _key: Arc<Key>,
}

#[shared(layer_only)]
pub struct Key;

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user(Inject(_auth): Inject<AuthService>) -> CurrentUser {
    CurrentUser
}

#[get("/me", public)]
pub async fn me(_user: CurrentUser) {}

pub fn all() -> Routes<App> {
    routes![me]
}

#[container]
pub struct App {}

fn main() {}
