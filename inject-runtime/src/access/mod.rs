//! Access control: roles, requirements, principals, and the proof that one was checked.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod authorized;
mod guard;
mod permission;
mod role;

pub use self::{
    authorized::{Authorized, MissingRole, RoleProof},
    guard::{AnyOf, RoleGuard, authorize, permit},
    permission::{And, Or, Permits, Requirement, RequirementProof},
    role::{Principal, Role},
};
