//! `#[inject]` has known arguments.

use inject_runtime::inject;

#[derive(Clone)]
pub struct Now;

#[inject(uncahced)]
pub fn now() -> Now {
    Now
}

fn main() {}
