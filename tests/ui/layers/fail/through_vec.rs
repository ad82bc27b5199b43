//! A `Vec` does not hide a layer.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
struct Users;

#[repository]
struct Outer {
    services: Vec<Arc<Users>>,
}

fn main() {}
