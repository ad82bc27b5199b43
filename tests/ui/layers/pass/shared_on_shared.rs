//! Shared may depend on Shared.

use inject_runtime::{shared};

#[shared]
struct Inner;

#[shared]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
