//! All requirements of an endpoint are about one principal.

use inject_runtime::{get, require};

include!("../prelude.rs");

#[derive(Clone, Copy)]
pub struct Partner;

pub struct Contract;

impl inject_runtime::Requirement for Contract {
    type Principal = Partner;

    fn name(&self) -> std::borrow::Cow<'static, str> {
        "contract".into()
    }
}

impl inject_runtime::Permits<Contract> for Partner {
    fn permits(&self, _: &Contract) -> bool {
        true
    }
}

#[get("/orders")]
#[require(any(Permission("orders:read"), Contract))]
pub async fn orders() {}

fn main() {}
