//! A qualifier does not hide a layer.

use std::sync::Arc;

use inject_runtime::{repository, service};

#[service]
struct Users;

struct Other;

#[repository]
struct Outer {
    #[qualifier(Other)]
    service: Arc<Users>,
}

fn main() {}
