//! Infrastructure may depend on Infrastructure.

use inject_runtime::infrastructure;

#[infrastructure]
struct Inner;

#[infrastructure]
struct Outer {
    inner: Inner,
}

fn main() {
    let Outer { inner: Inner } = Outer::new(Inner::new());
}
