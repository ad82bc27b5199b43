//! A component of the container cannot hold a value of a request in an `Arc`.

use std::sync::Arc;

use inject_runtime::{container, inject, service};

#[derive(Clone)]
pub struct CurrentUser;

#[inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser
}

#[service]
pub struct Checkout {
    _user: Arc<CurrentUser>,
}

#[container]
pub struct App {
    pub user: Arc<CurrentUser>,
    pub checkout: Arc<Checkout>,
}

fn main() {}
