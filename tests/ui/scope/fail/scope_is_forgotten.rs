//! A component that extracts is request-scoped.

use inject_runtime::{Inject, service};

#[service]
pub struct CartService;

#[service]
pub struct Checkout {
    _carts: Inject<CartService>,
}

fn main() {}
