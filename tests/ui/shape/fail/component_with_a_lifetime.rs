//! A component owns its dependencies.

use inject_runtime::service;

#[service]
struct Mailer<'a> {
    name: &'a str,
}

fn main() {}
