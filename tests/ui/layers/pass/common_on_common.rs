//! Common may depend on Common.

use inject_runtime::common;

#[common]
struct Inner;

#[common]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
