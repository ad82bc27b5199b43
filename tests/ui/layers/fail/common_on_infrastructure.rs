//! Common may not depend on Infrastructure.

use inject_runtime::{common, infrastructure};

#[infrastructure]
struct Inner;

#[common]
struct Outer {
    inner: Inner,
}

fn main() {}
