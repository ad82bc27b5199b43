//! Repository may depend on Common.

use inject_runtime::{common, repository};

#[common]
struct Inner;

#[repository]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
