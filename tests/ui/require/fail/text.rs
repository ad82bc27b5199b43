//! A requirement has a type of its own, which names the principal.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[get("/orders")]
#[require("orders:read")]
pub async fn orders() {}

fn main() {}
