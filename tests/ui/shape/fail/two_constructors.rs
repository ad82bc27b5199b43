//! A component has one constructor.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    #[inject]
    fn new() -> Self {
        Self
    }

    #[inject]
    fn other() -> Self {
        Self
    }
}

fn main() {}
