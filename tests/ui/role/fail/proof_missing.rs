//! A method that demands a proof is not called without one.

use inject_runtime::{Authorized, Principal, Role, service};

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

#[service]
pub struct Courses;

impl Courses {
    pub fn delete(&self, _by: &Authorized<roles::Admin>, _course: i64) {}
}

pub fn clean_up(courses: &Courses) {
    courses.delete(7);
}

fn main() {}
