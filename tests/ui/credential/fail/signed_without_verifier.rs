//! A signature is verified by a component.

use inject_runtime::{Routes, Signed, container, post, routes, service};

#[service]
pub struct Webhooks;

#[post("/hooks", authenticated)]
pub async fn hook(_: Signed<Webhooks>) {}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![hook]
}

fn main() {}
