//! A constructor is in the inherent impl block.

use inject_runtime::service;

struct Clock;

#[service]
impl Default for Clock {
    fn default() -> Self {
        Self
    }
}

fn main() {}
