//! A provider takes components through `Inject`.

use inject_runtime::{Routes, container, get, inject, routes, service};

#[service]
pub struct SessionService;

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub fn current_user(_sessions: SessionService) -> CurrentUser {
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
