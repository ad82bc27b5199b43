//! A component is in one layer.

use inject_runtime::service;

#[service]
#[repository]
struct Users;

fn main() {}
