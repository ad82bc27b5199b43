//! The value is a constant: nothing is computed for a request.

use inject_runtime::{get, require};

include!("../prelude.rs");

impl Permission {
    fn read() -> Self {
        Self("orders:read")
    }
}

#[get("/orders")]
#[require(Permission::read())]
pub async fn orders() {}

fn main() {}
