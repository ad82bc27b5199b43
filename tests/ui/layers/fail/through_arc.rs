//! An `Arc` does not hide a layer.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
struct Users;

#[repository]
struct Outer {
    service: Arc<Users>,
}

fn main() {}
