//! Roles and the authenticated user.

use inject_runtime::{Principal, Role};

use super::models::User;

/// Role of a user: `#[require_role(UserRole::Admin)]` on an endpoint requires it.
#[derive(Role, Clone, Copy, Debug, PartialEq, Eq)]
#[role(principal = CurrentUser)]
pub enum UserRole {
    /// Administrator.
    #[role(implies(Member))]
    Admin,
    /// User with an account.
    Member,
}

impl UserRole {
    /// Name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// User who sends the request.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub User);

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.0.role == role.as_str()
    }
}
