//! An enum has no fields to inject into.

use inject_runtime::service;

#[service]
enum Mailer {
    Smtp,
}

fn main() {}
