//! The roles of an endpoint are of one enum.

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

#[derive(Role, Clone, Copy)]
#[role(principal = CurrentUser)]
pub enum Plan {
    Paid,
}

impl Principal<Plan> for CurrentUser {
    fn has_role(&self, _: Plan) -> bool {
        false
    }
}

#[get("/users")]
#[require_role(UserRole::Admin, Plan::Paid)]
pub async fn list_users() -> &'static str {
    "all"
}

#[container]
pub struct App {}

fn main() {}
