//! The principal implements `Principal` for the roles.

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
