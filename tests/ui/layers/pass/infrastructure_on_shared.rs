//! Infrastructure may depend on Shared.

use inject_runtime::{infrastructure, shared};

#[shared]
struct Inner;

#[infrastructure]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
