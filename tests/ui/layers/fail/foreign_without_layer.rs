//! A foreign type has no layer, unless it is `#[external]`.

use inject_runtime::service;

#[service]
struct Greeter {
    greeting: String,
}

fn main() {}
