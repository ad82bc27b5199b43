//! Only a struct is request-scoped.

use inject_runtime::service;

pub struct Cart;

#[service(scope = request)]
impl Cart {
    #[inject]
    pub fn new() -> Self {
        Self
    }
}

fn main() {}
