//! Repository may depend on Infrastructure.

use inject_runtime::{infrastructure, repository};

#[infrastructure]
struct Inner;

#[repository]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
