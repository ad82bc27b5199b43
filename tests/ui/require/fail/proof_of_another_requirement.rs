//! A proof is of one requirement.

use inject_runtime::{Authorized, RequirementProof};

include!("../prelude.rs");

pub struct ReadOrders;

impl RequirementProof for ReadOrders {
    type Requirement = Permission;

    const REQUIREMENT: Permission = Permission("orders:read");
}

pub struct WriteOrders;

impl RequirementProof for WriteOrders {
    type Requirement = Permission;

    const REQUIREMENT: Permission = Permission("orders:write");
}

pub fn cancel(_by: &Authorized<WriteOrders>) {}

pub fn run(by: &Authorized<ReadOrders>) {
    cancel(by);
}

fn main() {}
