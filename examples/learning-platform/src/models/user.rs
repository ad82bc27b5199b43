//! User accounts.

use jiff::Timestamp;

use crate::core::security::UserRole;

/// User account.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Id of the user.
    pub id: i64,
    /// Email address in lower case. It is unique.
    pub email: String,
    /// Name of the user.
    pub name: String,
    /// Role of the user.
    pub role: UserRole,
    /// Grade of a student, from 1 to 13.
    pub grade_level: Option<i64>,
    /// Argon2id hash in the PHC string format.
    pub password_hash: String,
    /// Time at which the account was created.
    pub created_at: Timestamp,
    /// Time at which the account was deactivated.
    pub deactivated_at: Option<Timestamp>,
}

impl User {
    /// Returns whether the account is active.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

/// Input for a new account.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Email address in lower case.
    pub email: String,
    /// Name of the user.
    pub name: String,
    /// Role of the user.
    pub role: UserRole,
    /// Grade of a student.
    pub grade_level: Option<i64>,
    /// Argon2id hash in the PHC string format.
    pub password_hash: String,
}

/// Changes of the own account. `None` leaves a field unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// New name.
    pub name: Option<String>,
    /// New grade of a student.
    pub grade_level: Option<i64>,
}

/// Filter of a list of users. `None` matches every user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the name or the email address. The search is not case-sensitive.
    pub search: Option<String>,
    /// Role of the user.
    pub role: Option<UserRole>,
    /// Grade of the user.
    pub grade_level: Option<i64>,
    /// Whether the account is active.
    pub is_active: Option<bool>,
}
