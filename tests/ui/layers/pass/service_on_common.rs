//! Service may depend on Common.

use inject_runtime::{common, service};

#[common]
struct Inner;

#[service]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
