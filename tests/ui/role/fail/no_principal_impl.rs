//! The principal must have roles of that type.

use inject_runtime::Role;

#[derive(Clone)]
pub struct CurrentUser;

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser)]
pub enum UserRole {
    Admin,
    Student,
}

fn main() {}
