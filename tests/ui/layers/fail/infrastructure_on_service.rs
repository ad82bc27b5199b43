//! Infrastructure may not depend on Service.

use inject_runtime::{infrastructure, service};

#[service]
struct Inner;

#[infrastructure]
struct Outer {
    inner: Inner,
}

fn main() {}
