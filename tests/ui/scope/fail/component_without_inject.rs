//! A request-scoped component takes components through `Inject`.

use inject_runtime::{Routes, container, get, routes, service};

#[service]
pub struct CartService;

#[service(scope = request)]
pub struct Checkout {
    _carts: CartService,
}

#[get("/", public)]
pub async fn index(_checkout: Checkout) {}

pub fn all() -> Routes<App> {
    routes![index]
}

#[container]
pub struct App {}

fn main() {}
