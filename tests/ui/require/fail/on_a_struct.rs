//! The attribute is for functions.

use inject_runtime::{require};

include!("../prelude.rs");

#[require(Permission("orders:read"))]
pub struct Orders;

fn main() {}
