//! `scope` is `request`, or it is left out.

use inject_runtime::service;

#[service(scope = session)]
pub struct Cart;

fn main() {}
