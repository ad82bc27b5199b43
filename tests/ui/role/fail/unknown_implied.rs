//! A role implies roles of the same enum.

use inject_runtime::{Principal, Role};

#[derive(Clone)]
pub struct CurrentUser;

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, _: UserRole) -> bool {
        false
    }
}

#[derive(Role, Clone, Copy)]
#[role(principal = CurrentUser)]
pub enum UserRole {
    #[role(implies(Teachr))]
    Admin,
    Teacher,
}

fn main() {}
