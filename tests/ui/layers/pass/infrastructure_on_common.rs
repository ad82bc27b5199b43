//! Infrastructure may depend on Common.

use inject_runtime::{common, infrastructure};

#[common]
struct Inner;

#[infrastructure]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
