//! An endpoint goes through a service.

use inject_runtime::{Inject, Routes, container, get, repository, routes};

#[repository]
pub struct UserRepository;

#[get("/users", public)]
pub async fn list(Inject(_users): Inject<UserRepository>) {}

pub fn all() -> Routes<App> {
    routes![list]
}

#[container]
pub struct App {}

fn main() {}
