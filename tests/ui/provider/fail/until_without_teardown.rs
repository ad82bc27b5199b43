//! `until` needs a teardown.

use inject_runtime::inject;

#[derive(Clone)]
pub struct Lease;

#[inject(until = body)]
pub async fn lease() -> Lease {
    Lease
}

fn main() {}
