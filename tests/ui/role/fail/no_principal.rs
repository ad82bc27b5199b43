//! An enum of roles says whose they are.

use inject_runtime::Role;

#[derive(Role, Clone, Copy)]
pub enum UserRole {
    Admin,
    Student,
}

fn main() {}
