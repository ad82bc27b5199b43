//! Service may not depend on Infrastructure.

use inject_runtime::{infrastructure, service};

#[infrastructure]
struct Inner;

#[service]
struct Outer {
    inner: Inner,
}

fn main() {}
