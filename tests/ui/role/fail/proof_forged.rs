//! A proof cannot be made without the check.

use inject_runtime::Authorized;

include!("../prelude.rs");

pub fn forge(user: CurrentUser) -> Authorized<roles::Admin> {
    Authorized { principal: user }
}

fn main() {}
