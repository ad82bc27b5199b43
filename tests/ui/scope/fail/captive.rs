//! A component of the container cannot hold a value of a request.

use inject_runtime::{Inject, Routes, container, get, inject, routes, service};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser
}

#[service]
pub struct Checkout {
    _user: CurrentUser,
}

#[get("/", public)]
pub async fn index(Inject(_checkout): Inject<Checkout>) {}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {}

fn main() {}
