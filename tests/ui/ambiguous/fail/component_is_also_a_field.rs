//! A component is not also a field of the container by value.

use inject_runtime::{container, service};

#[service]
#[derive(Clone)]
struct Clock;

#[container]
struct App {
    #[input]
    clock: Clock,
}

fn main() {}
