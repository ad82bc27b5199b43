//! A value of a provider is taken without `Inject`.

use inject_runtime::{Inject, Routes, container, get, inject, routes};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser
}

#[get("/", public)]
pub async fn index(Inject(_user): Inject<CurrentUser>) {}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {}

fn main() {}
