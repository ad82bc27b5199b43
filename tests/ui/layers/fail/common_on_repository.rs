//! Common may not depend on Repository.

use inject_runtime::{common, repository};

#[repository]
struct Inner;

#[common]
struct Outer {
    inner: Inner,
}

fn main() {}
