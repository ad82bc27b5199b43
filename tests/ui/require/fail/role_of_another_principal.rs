//! A role and a requirement of an endpoint are about one principal.

use inject_runtime::{get, require, require_role};

include!("../prelude.rs");

#[derive(Clone)]
pub struct Partner;

#[derive(inject_runtime::Role, Clone, Copy)]
#[role(principal = Partner)]
pub enum PartnerRole {
    Gold,
}

impl inject_runtime::Principal<PartnerRole> for Partner {
    fn has_role(&self, _: PartnerRole) -> bool {
        true
    }
}

#[get("/orders")]
#[require_role(PartnerRole::Gold)]
#[require(Permission("orders:read"))]
pub async fn orders() {}

fn main() {}
