//! A signed body is read by the last parameter.

use axum::http::Method;
use inject_runtime::{Routes, Signed, container, post, routes};

include!("../prelude.rs");

#[post("/hooks", authenticated)]
pub async fn hook(_: Signed<Webhooks>, _: Method) {}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![hook]
}

fn main() {}
