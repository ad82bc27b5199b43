//! An attribute is given once.

use inject_runtime::service;

#[service]
struct Greeter {
    #[external]
    #[external]
    name: String,
}

fn main() {}
