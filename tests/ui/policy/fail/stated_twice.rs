//! A proof requires more than the policy says.

use inject_runtime::{Authorized, Bearer, Principal, Role, get, inject};

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser, proofs = roles)]
pub enum UserRole {
    Admin,
}

#[derive(Clone)]
pub struct CurrentUser;

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, _: UserRole) -> bool {
        false
    }
}

#[inject]
fn current_user(_bearer: Bearer) -> CurrentUser {
    CurrentUser
}

#[get("/me", authenticated = CurrentUser)]
async fn me(_by: Authorized<roles::Admin>) {}

fn main() {}
