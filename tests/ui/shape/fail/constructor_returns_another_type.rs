//! A constructor returns the component.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    #[inject]
    fn new() -> u64 {
        0
    }
}

fn main() {}
