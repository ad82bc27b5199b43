//! An attribute is given once.

use inject_runtime::{service, shared};

#[shared]
struct Clock;

#[service]
struct Greeter {
    #[external]
    #[external]
    clock: Clock,
}

fn main() {}
