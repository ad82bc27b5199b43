//! `#[inject]` on a method needs a stereotype on the impl block.

use inject_runtime::inject;

struct Clock;

impl Clock {
    #[inject]
    fn new() -> Self {
        Self
    }
}

fn main() {}
