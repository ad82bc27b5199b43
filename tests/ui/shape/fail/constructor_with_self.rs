//! A constructor takes no `self`.

use inject_runtime::service;

struct Clock;

#[service]
impl Clock {
    #[inject]
    fn new(&self) -> Self {
        Self
    }
}

fn main() {}
