//! Shared may not depend on Repository.

use inject_runtime::{repository, shared};

#[repository]
struct Inner;

#[shared]
struct Outer {
    inner: Inner,
}

fn main() {}
