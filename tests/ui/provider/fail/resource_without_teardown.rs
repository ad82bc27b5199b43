//! A resource implements `Teardown`.

use inject_runtime::inject;

#[derive(Clone)]
pub struct Lease;

#[inject(teardown)]
pub async fn lease() -> Lease {
    Lease
}

fn main() {}
