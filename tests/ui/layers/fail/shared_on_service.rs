//! Shared may not depend on Service.

use inject_runtime::{service, shared};

#[service]
struct Inner;

#[shared]
struct Outer {
    inner: Inner,
}

fn main() {}
