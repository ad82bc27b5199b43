//! Service may depend on Service.

use inject_runtime::service;

#[service]
struct Inner;

#[service]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
