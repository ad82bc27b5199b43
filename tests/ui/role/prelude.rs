// A principal with two roles, and its provider. Cases include this file.

#[derive(Clone)]
pub struct CurrentUser {
    role: UserRole,
}

impl inject_runtime::Principal<UserRole> for CurrentUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.role == role
    }
}

#[derive(inject_runtime::Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser, proofs = roles)]
pub enum UserRole {
    Admin,
    Student,
}

#[inject_runtime::inject]
pub async fn current_user() -> CurrentUser {
    CurrentUser { role: UserRole::Admin }
}
