//! A role has no fields.

use inject_runtime::{Principal, Role};

#[derive(Role, Clone, Copy)]
#[role(principal = CurrentUser)]
pub enum UserRole {
    Admin,
    Teacher(u32),
}

pub struct CurrentUser;

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, _: UserRole) -> bool {
        false
    }
}

fn main() {}
