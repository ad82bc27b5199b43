//! An endpoint takes components through `Inject`.

use inject_runtime::{Routes, container, get, routes, service};

#[service]
pub struct ProfileService;

#[get("/profile", public)]
pub async fn profile(_profiles: ProfileService) {}

pub fn all() -> Routes<App> {
    routes![profile]
}

#[container]
pub struct App {}

fn main() {}
