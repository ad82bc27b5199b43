//! Infrastructure may not depend on Repository.

use inject_runtime::{infrastructure, repository};

#[repository]
struct Inner;

#[infrastructure]
struct Outer {
    inner: Inner,
}

fn main() {}
