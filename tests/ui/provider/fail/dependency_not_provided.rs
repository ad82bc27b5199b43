//! The container provides the dependencies of a provider.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, in_layer, inject, layer::Common, routes};

#[in_layer(Common)]
pub struct Key;

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user(Inject(_key): Inject<Arc<Key>>) -> CurrentUser {
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
