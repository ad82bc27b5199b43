//! The principal of a requirement is extracted from the request.

use inject_runtime::{Routes, container, get, require, routes};

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
#[require(Contract)]
pub async fn orders() {}

#[container]
pub struct App {}

pub fn all() -> Routes<App> {
    routes![orders]
}

fn main() {}
