//! `#[inject]` alone means nothing on a method.

use inject_runtime::inject;

struct Clock;

impl Clock {
    #[inject]
    fn new() -> Self {
        Self
    }
}

fn main() {}
