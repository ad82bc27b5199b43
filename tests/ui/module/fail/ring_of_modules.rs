//! Modules do not need each other.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[service]
pub struct Users {}

#[service]
pub struct Orders {}

#[module]
pub struct Accounts {
    #[required]
    orders: Arc<Orders>,
    users: Arc<Users>,
}

#[module]
pub struct Shop {
    #[required]
    users: Arc<Users>,
    orders: Arc<Orders>,
}

#[container]
struct App {
    #[include]
    accounts: Arc<Accounts>,
    #[include]
    shop: Arc<Shop>,
}

fn main() {}
