//! A requirement is named.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[get("/orders")]
#[require()]
pub async fn orders() {}

fn main() {}
