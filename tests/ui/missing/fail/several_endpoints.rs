//! A dependency that is missing is one error, however many endpoints need it.

use std::sync::Arc;

use inject_runtime::{Inject, Routes, container, get, routes, service};

#[service]
pub trait Mailer: Send + Sync {}

#[service]
pub struct Orders {
    _mailer: Arc<dyn Mailer>,
}

#[service]
pub struct Invoices {
    _mailer: Arc<dyn Mailer>,
}

#[get("/orders", public)]
pub async fn orders(_orders: Inject<Orders>) {}

#[get("/invoices", public)]
pub async fn invoices(_invoices: Inject<Invoices>) {}

pub fn all() -> Routes<App> {
    routes![orders, invoices]
}

#[container]
pub struct App {}

fn main() {}
