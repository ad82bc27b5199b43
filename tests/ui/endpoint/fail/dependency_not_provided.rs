//! The container provides the dependencies of an endpoint.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, routes, service};

#[service]
pub trait Mailer: Send + Sync {}

#[service]
pub struct UserService {
    _mailer: Arc<dyn Mailer>,
}

#[get("/users", public)]
pub async fn list(Inject(_users): Inject<UserService>) {}

pub fn all() -> Routes<App> {
    routes![list]
}

#[container]
pub struct App {}

fn main() {}
