//! The type of a constant cannot be seen in its name.

use inject_runtime::{get, require};

include!("../prelude.rs");

const READ: Permission = Permission("orders:read");

#[get("/orders")]
#[require(READ)]
pub async fn orders() {}

fn main() {}
