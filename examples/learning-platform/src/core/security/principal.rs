//! Whoever makes a request. The providers in `api::deps` find out who that is; services are handed these.

use inject_runtime::{Principal, Role};

use crate::models::user::User;

/// What somebody may do. `#[require_role(UserRole::Teacher)]` on an endpoint asks for it, and `Authorized<roles::Admin>` in the signature of
/// a service is the proof that somebody has asked.
#[derive(Role, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[role(principal = ActiveUser, proofs = roles)]
pub enum UserRole {
    /// Runs the platform; may do what teachers may.
    #[role(implies(Teacher))]
    Admin,
    /// Writes and publishes chapters.
    Teacher,
    /// Reads.
    Student,
}

impl UserRole {
    /// As in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Teacher => "teacher",
            Self::Student => "student",
        }
    }

    /// The reverse of [`as_str`](Self::as_str).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Admin, Self::Teacher, Self::Student].into_iter().find(|it| it.as_str() == name)
    }
}

/// Whoever the access token speaks for. Nothing has been looked up: the account may be gone by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    /// The number of the account.
    pub id: i64,
}

/// Whoever makes the request, as the database knows them: the account is there, and can be used.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveUser(pub User);

impl Principal<UserRole> for ActiveUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.0.role == role
    }
}
