//! A type alias does not hide a layer.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
struct Users;

type Alias = Arc<Users>;

#[repository]
struct Outer {
    service: Alias,
}

fn main() {}
