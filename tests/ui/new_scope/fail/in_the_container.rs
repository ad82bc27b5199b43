//! A component of the container has no request, and no principal that a new scope could inherit.

use std::sync::Arc;

use inject_runtime::{NewScope, container, service};

#[service(scope = request)]
pub struct Mails {}

#[service]
pub struct Jobs {
    mails: NewScope<Mails>,
}

#[container]
pub struct App {
    jobs: Arc<Jobs>,
}

fn main() {}
