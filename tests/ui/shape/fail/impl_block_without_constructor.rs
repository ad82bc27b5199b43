//! An impl block under a stereotype has a constructor.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    fn new() -> Self {
        Self
    }
}

fn main() {}
