//! An enum of roles names its principal.

use inject_runtime::Role;

#[derive(Role, Clone, Copy)]
pub enum UserRole {
    Admin,
    Student,
}

fn main() {}
