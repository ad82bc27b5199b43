//! A request-scoped component is a value of a request.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service(scope = request)]
pub struct Cart;

#[service]
pub struct Checkout {
    _cart: Cart,
}

#[container]
pub struct App {
    pub checkout: Arc<Checkout>,
}

fn main() {}
