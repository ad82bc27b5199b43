//! A function is a provider under `#[inject]`.

use inject_runtime::{Routes, container, get, routes};

#[derive(Clone)]
pub struct CurrentUser;

pub fn current_user() -> CurrentUser {
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
