//! Service may depend on Repository.

use inject_runtime::{repository, service};

#[repository]
struct Inner;

#[service]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
