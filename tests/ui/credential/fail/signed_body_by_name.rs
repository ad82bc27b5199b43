//! A policy that reads the body is the last parameter.

use inject_runtime::{Routes, Signed, container, post, routes};

include!("../prelude.rs");

#[post("/hooks", authenticated = Signed<Webhooks>)]
pub async fn hook() {}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![hook]
}

fn main() {}
