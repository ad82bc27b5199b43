//! A resource says how it is closed.

use inject_runtime::inject;

#[derive(Clone)]
pub struct Lease;

#[inject(teardown)]
pub async fn lease() -> Lease {
    Lease
}

fn main() {}
