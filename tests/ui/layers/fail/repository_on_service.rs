//! Repository may not depend on Service.

use inject_runtime::{repository, service};

#[service]
struct Inner;

#[repository]
struct Outer {
    inner: Inner,
}

fn main() {}
