//! A shared component is listed in the container.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Accounts;

#[service]
struct Signup {
    accounts: Arc<Accounts>,
}

#[container]
struct App {
    signup: Arc<Signup>,
}

fn main() {}
