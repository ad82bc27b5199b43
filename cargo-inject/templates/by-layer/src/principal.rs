//! Who may do what.

use inject_runtime::{Principal, Role};

use crate::models::User;

/// What somebody may do: `#[require_role(UserRole::Admin)]` on an endpoint.
#[derive(Role, Clone, Copy, Debug, PartialEq, Eq)]
#[role(principal = CurrentUser)]
pub enum UserRole {
    /// Runs the place.
    #[role(implies(Member))]
    Admin,
    /// Has an account.
    Member,
}

impl UserRole {
    /// As in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// Whoever makes the request.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub User);

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.0.role == role.as_str()
    }
}
