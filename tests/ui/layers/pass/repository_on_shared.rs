//! Repository may depend on Shared.

use inject_runtime::{repository, shared};

#[shared]
struct Inner;

#[repository]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
