//! Access control: roles, principals, and the proof that a role was checked.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod authorized;
mod guard;
mod role;

pub use self::{
    authorized::{Authorized, MissingRole, RoleProof},
    guard::{AnyOf, RoleGuard, authorize},
    role::{Principal, Role},
};
