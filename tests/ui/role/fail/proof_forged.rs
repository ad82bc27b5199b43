//! A proof cannot be made without the check.

use inject_runtime::{Authorized, Principal, Role};

#[derive(Clone)]
pub struct CurrentUser {
    role: UserRole,
}

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.role == role
    }
}

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser, proofs = roles)]
pub enum UserRole {
    Admin,
    Student,
}

pub fn forge(user: CurrentUser) -> Authorized<roles::Admin> {
    Authorized { principal: user }
}

fn main() {}
