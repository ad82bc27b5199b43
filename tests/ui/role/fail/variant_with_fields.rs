//! A role has no fields.

use inject_runtime::Role;

#[derive(Role, Clone, Copy)]
#[role(principal = CurrentUser)]
pub enum UserRole {
    Admin,
    Teacher(u32),
}

pub struct CurrentUser;

fn main() {}
