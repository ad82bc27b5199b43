//! Service may depend on Shared.

use inject_runtime::{service, shared};

#[shared]
struct Inner;

#[service]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
