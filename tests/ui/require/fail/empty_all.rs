//! A combination combines something.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[get("/orders")]
#[require(any(Permission("orders:read"), all()))]
pub async fn orders() {}

fn main() {}
