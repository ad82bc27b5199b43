//! Repository may not depend on Repository.

use inject_runtime::repository;

#[repository]
struct Inner;

#[repository]
struct Outer {
    inner: Inner,
}

fn main() {}
