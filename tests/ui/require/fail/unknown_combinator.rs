//! Requirements are combined with `all` and `any`.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[get("/orders")]
#[require(not(Permission("orders:read")))]
pub async fn orders() {}

fn main() {}
