//! Several requirements are all required, or one of them is: the attribute says which.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[get("/orders")]
#[require(Permission("orders:read"), Permission("orders:write"))]
pub async fn orders() {}

fn main() {}
