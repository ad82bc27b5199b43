//! Principals. The providers in `api::deps` authenticate them, and services take them as parameters.

use inject_runtime::{Principal, Role};

use crate::models::user::User;

/// Role of a user. `#[require_role(UserRole::Teacher)]` on an endpoint requires the role, and
/// `Authorized<roles::Admin>` in the signature of a service is the proof that it was checked.
#[derive(Role, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[role(principal = ActiveUser, proofs = roles)]
pub enum UserRole {
    /// Administrator, who also has the role of a teacher.
    #[role(implies(Teacher))]
    Admin,
    /// Author, who writes and publishes chapters.
    Teacher,
    /// Reader.
    Student,
}

impl UserRole {
    /// Returns the name of the role, as in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Teacher => "teacher",
            Self::Student => "student",
        }
    }

    /// Parses the name of a role. This is the reverse of [`as_str`](Self::as_str).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Admin, Self::Teacher, Self::Student].into_iter().find(|role| role.as_str() == name)
    }
}

/// Principal of the access token. The database was not queried: the account may no longer exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    /// Id of the account.
    pub id: i64,
}

/// Principal whose account exists and is active, according to the database.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveUser(pub User);

impl Principal<UserRole> for ActiveUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.0.role == role
    }
}
