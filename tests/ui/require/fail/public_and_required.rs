//! A public endpoint requires nothing.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[get("/orders", public)]
#[require(Permission("orders:read"))]
pub async fn orders() {}

fn main() {}
