//! Users.

use jiff::Timestamp;

use crate::core::security::UserRole;

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Its number.
    pub id: i64,
    /// In lower case; no two users have the same.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// The grade that a student is in, from 1 to 13.
    pub grade_level: Option<i64>,
    /// Argon2id, in the PHC string format.
    pub password_hash: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Since when it cannot be used.
    pub deactivated_at: Option<Timestamp>,
}

impl User {
    /// Whether the account can be used.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// In lower case.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// The grade that a student is in.
    pub grade_level: Option<i64>,
    /// Argon2id, in the PHC string format.
    pub password_hash: String,
}

/// What users may change of their own account. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// What to call them.
    pub name: Option<String>,
    /// The grade that a student is in.
    pub grade_level: Option<i64>,
}

/// Which users are listed. What is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// A part of the name or of the email, in upper or lower case.
    pub search: Option<String>,
    /// What they may do.
    pub role: Option<UserRole>,
    /// The grade that they are in.
    pub grade_level: Option<i64>,
    /// Whether the account can be used.
    pub is_active: Option<bool>,
}
