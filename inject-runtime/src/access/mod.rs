//! Access control: roles, principals, and the proof that a role was checked.

mod authorized;
mod guard;
mod role;

pub use self::{
    authorized::{Authorized, MissingRole, RoleProof},
    guard::{AnyOf, RoleGuard, authorize},
    role::{Principal, Role},
};
