//! A role is written with its enum.

use inject_runtime::{Principal, Role, container, get, inject, require_role};

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

#[inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser { role: UserRole::Admin }
}

use UserRole::Admin;

#[get("/users")]
#[require_role(Admin)]
pub async fn list_users() -> &'static str {
    "all"
}

pub const ROLE: UserRole = Admin;

#[container]
pub struct App {}

fn main() {}
