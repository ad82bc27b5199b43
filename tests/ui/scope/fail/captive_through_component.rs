//! A component of the container cannot hold a value of a request through another component.

use std::sync::Arc;

use inject_runtime::{container, inject, service};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser
}

#[service]
pub struct Cart {
    _user: CurrentUser,
}

#[service]
pub struct Checkout {
    _cart: Cart,
}

#[container]
pub struct App {
    pub checkout: Arc<Checkout>,
}

fn main() {}
