//! A constructor has no generic parameters.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    #[inject]
    fn new<T>(_: T) -> Self {
        Self
    }
}

fn main() {}
