//! A constructor returns the component, not nothing.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    #[inject]
    fn new() {}
}

fn main() {}
