//! Shared may not depend on Infrastructure.

use inject_runtime::{infrastructure, shared};

#[infrastructure]
struct Inner;

#[shared]
struct Outer {
    inner: Inner,
}

fn main() {}
