//! An endpoint takes components through `Inject`, in each place.

use inject_runtime::{Routes, container, get, routes, service};

#[service]
pub struct ProfileService;

#[get("/profile", public)]
pub async fn profile(_profiles: ProfileService, _body: String) {}

pub fn all() -> Routes<App> {
    routes![profile]
}

#[container]
pub struct App {}

fn main() {}
