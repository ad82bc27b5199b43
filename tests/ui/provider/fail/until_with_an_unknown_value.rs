//! `until` is `body`, or it is left out.

use inject_runtime::{Outcome, Teardown, inject};

#[derive(Clone)]
pub struct Lease;

impl Teardown for Lease {
    type Error = std::convert::Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[inject(teardown, until = shutdown)]
pub async fn lease() -> Lease {
    Lease
}

fn main() {}
