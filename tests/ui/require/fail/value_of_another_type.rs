//! The type behind the value is its type.

use inject_runtime::{get, require};

include!("../prelude.rs");

const READ: &str = "orders:read";

#[get("/orders")]
#[require(READ as Permission)]
pub async fn orders() {}

fn main() {}
