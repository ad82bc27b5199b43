//! A type that does not exist is one error.

use inject_runtime::service;

#[service]
struct Accounts {
    users: UserRepository,
}

fn main() {}
