//! The layers hold in the request scope.

use inject_runtime::{Inject, infrastructure, service};

#[infrastructure]
pub struct Queue;

#[service(scope = request)]
pub struct Checkout {
    _queue: Inject<Queue>,
}

fn main() {}
