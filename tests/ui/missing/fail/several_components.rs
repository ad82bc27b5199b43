//! One binding that is missing is one error, however many components and endpoints need it.

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
pub async fn orders(_orders: Inject<Arc<Orders>>) {}

#[get("/invoices", public)]
pub async fn invoices(_invoices: Inject<Invoices>) {}

pub fn all() -> Routes<App> {
    routes![orders, invoices]
}

#[container]
pub struct App {
    orders: Arc<Orders>,
    invoices: Arc<Invoices>,
}

fn main() {}
