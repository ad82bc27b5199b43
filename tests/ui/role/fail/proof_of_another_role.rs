//! The proof of one role is not that of another.

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

pub fn delete(_by: &Authorized<roles::Admin>) {}

pub fn by_student(student: &Authorized<roles::Student>) {
    delete(student);
}

fn main() {}
