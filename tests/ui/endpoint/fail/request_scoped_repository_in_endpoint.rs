//! An endpoint goes through a service, in the request scope as well.

use inject_runtime::{Routes, container, get, repository, routes};

#[repository(scope = request)]
pub struct Orders;

#[get("/orders", public)]
pub async fn list(_orders: Orders) {}

pub fn all() -> Routes<App> {
    routes![list]
}

#[container]
pub struct App {}

fn main() {}
