//! What lives until the end of the body cannot hold what ends before the head.

use std::convert::Infallible;

use inject_runtime::{Outcome, Teardown, inject};

#[derive(Clone)]
pub struct Lock;

impl Teardown for Lock {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        Ok(())
    }
}

#[inject(teardown)]
pub fn lock() -> Lock {
    Lock
}

#[derive(Clone)]
pub struct Export(Lock);

impl Teardown for Export {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        Ok(())
    }
}

#[inject(teardown, until = body)]
pub fn export(lock: Lock) -> Export {
    Export(lock)
}

fn main() {}
