//! A constructor returns a value.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    #[inject]
    fn new() {}
}

fn main() {}
