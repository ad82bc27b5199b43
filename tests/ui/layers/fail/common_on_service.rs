//! Common may not depend on Service.

use inject_runtime::{common, service};

#[service]
struct Inner;

#[common]
struct Outer {
    inner: Inner,
}

fn main() {}
