//! One provider for each type.

use inject_runtime::inject;

#[derive(Clone)]
pub struct Tenant;

#[inject]
pub fn by_host() -> Tenant {
    Tenant
}

#[inject]
pub fn by_header() -> Tenant {
    Tenant
}

fn main() {}
