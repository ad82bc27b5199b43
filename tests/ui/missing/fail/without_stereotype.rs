//! A component has a stereotype: without it, there is one error, however many components depend on it.

use std::sync::Arc;

use inject_runtime::{container, service};

struct Users;

#[service]
struct Signup {
    users: Users,
}

#[container]
struct App {
    signup: Arc<Signup>,
}

fn main() {}
