//! Users, over the wire.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::text;
use crate::{
    core::security::UserRole,
    models::user::{ProfileChange, User, UserFilter},
};

/// What somebody may do.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Runs the platform; may do what teachers may.
    Admin,
    /// Writes and publishes chapters.
    Teacher,
    /// Reads.
    Student,
}

impl From<RoleName> for UserRole {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Admin => Self::Admin,
            RoleName::Teacher => Self::Teacher,
            RoleName::Student => Self::Student,
        }
    }
}

impl From<UserRole> for RoleName {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Admin => Self::Admin,
            UserRole::Teacher => Self::Teacher,
            UserRole::Student => Self::Student,
        }
    }
}

/// `?search=ada&role=student&grade_level=7&active=true`
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[serde(expecting = "`search`, `role`, `grade_level` and `active`")]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only users whose name or email has this in it, in upper or lower case.
    #[garde(length(chars, max = 100), inner(custom(text)))]
    #[param(max_length = 100)]
    pub search: Option<String>,
    /// Only users who may do that.
    #[garde(skip)]
    #[param(inline)]
    pub role: Option<RoleName>,
    /// Only users who are in that grade.
    #[garde(range(min = 1, max = 13))]
    #[param(minimum = 1, maximum = 13)]
    pub grade_level: Option<i64>,
    /// Only users whose accounts can be used, or only those whose accounts cannot.
    #[garde(skip)]
    pub active: Option<bool>,
}

impl From<UserQuery> for UserFilter {
    fn from(query: UserQuery) -> Self {
        let UserQuery { search, role, grade_level, active } = query;
        Self { search, role: role.map(Into::into), grade_level, is_active: active }
    }
}

/// What you want to change of your account. What is left out stays as it is.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with what is to be changed: `name`, `grade_level`")]
pub struct ProfileRequest {
    /// What to call you.
    #[garde(length(chars, min = 1, max = 100), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    pub name: Option<String>,
    /// The grade that you are in.
    #[garde(range(min = 1, max = 13))]
    #[schema(minimum = 1, maximum = 13, example = 8)]
    pub grade_level: Option<i64>,
}

impl From<ProfileRequest> for ProfileChange {
    fn from(ProfileRequest { name, grade_level }: ProfileRequest) -> Self {
        Self { name, grade_level }
    }
}

/// Another role for a user.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `role`")]
pub struct RoleRequest {
    /// What they may do from now on.
    #[garde(skip)]
    #[schema(example = "teacher")]
    pub role: RoleName,
}

/// A user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// Their number.
    pub id: i64,
    /// What they log in with.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they may do.
    pub role: RoleName,
    /// The grade that they are in.
    pub grade_level: Option<i64>,
    /// Whether the account can be used.
    pub active: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        let active = user.is_active();
        let User { id, email, name, role, grade_level, created_at, .. } = user;
        Self { id, email, name, role: role.into(), grade_level, active, created_at }
    }
}

/// A user: with what belongs to school in a part of its own, and the date on which the account was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserResponseV2 {
    /// Their number.
    pub id: i64,
    /// What they log in with.
    pub email: String,
    /// What to call them.
    pub display_name: String,
    /// What they may do.
    pub role: RoleName,
    /// What belongs to school.
    pub school: School,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Since when the account cannot be used; null if it can.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deactivated_at: Option<Timestamp>,
}

/// What belongs to school.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct School {
    /// The grade that somebody is in; null for who is in none.
    pub grade_level: Option<i64>,
}

impl From<User> for UserResponseV2 {
    fn from(user: User) -> Self {
        let User { id, email, name, role, grade_level, created_at, deactivated_at, .. } = user;
        Self {
            id,
            email,
            display_name: name,
            role: role.into(),
            school: School { grade_level },
            created_at,
            deactivated_at,
        }
    }
}
