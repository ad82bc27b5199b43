//! A provider goes through a service.

use inject_runtime::{Inject, Routes, container, get, inject, repository, routes};

#[repository]
pub struct UserRepository;

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user(Inject(_users): Inject<UserRepository>) -> CurrentUser {
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
