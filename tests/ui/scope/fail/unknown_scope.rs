//! There are two scopes.

use inject_runtime::service;

#[service(scope = session)]
pub struct Cart;

fn main() {}
