//! The principal of a role has a provider.

use inject_runtime::{Principal, Role, Routes, container, get, require_role, routes};

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
#[role(principal = CurrentUser)]
pub enum UserRole {
    Admin,
    Student,
}

#[get("/users")]
#[require_role(UserRole::Admin)]
pub async fn list_users() -> &'static str {
    "all"
}

pub fn all() -> Routes<App> {
    routes![list_users]
}

#[container]
pub struct App {}

fn main() {}
