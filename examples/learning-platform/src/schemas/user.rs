//! Request and response bodies of users.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::text;
use crate::{
    core::security::UserRole,
    models::user::{ProfileChange, User, UserFilter},
};

/// Role of a user.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Administrator, who also has the role of a teacher.
    Admin,
    /// Author, who writes and publishes chapters.
    Teacher,
    /// Reader.
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

/// Query parameters of a list of users, such as `?search=ada&role=student&grade_level=7&active=true`.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[serde(expecting = "`search`, `role`, `grade_level` and `active`")]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Part of the name or the email address. The search is not case-sensitive.
    #[garde(length(chars, max = 100), inner(custom(text)))]
    #[param(max_length = 100)]
    pub search: Option<String>,
    /// Role of the users.
    #[garde(skip)]
    #[param(inline)]
    pub role: Option<RoleName>,
    /// Grade of the users.
    #[garde(range(min = 1, max = 13))]
    #[param(minimum = 1, maximum = 13)]
    pub grade_level: Option<i64>,
    /// `true` returns only active users, `false` only deactivated users.
    #[garde(skip)]
    pub active: Option<bool>,
}

impl From<UserQuery> for UserFilter {
    fn from(query: UserQuery) -> Self {
        let UserQuery { search, role, grade_level, active } = query;
        Self { search, role: role.map(Into::into), grade_level, is_active: active }
    }
}

/// Changes of the own account. Omitted fields are unchanged.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with the changes: `name`, `grade_level`")]
pub struct ProfileRequest {
    /// New name.
    #[garde(length(chars, min = 1, max = 100), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    pub name: Option<String>,
    /// New grade.
    #[garde(range(min = 1, max = 13))]
    #[schema(minimum = 1, maximum = 13, example = 8)]
    pub grade_level: Option<i64>,
}

impl From<ProfileRequest> for ProfileChange {
    fn from(ProfileRequest { name, grade_level }: ProfileRequest) -> Self {
        Self { name, grade_level }
    }
}

/// New role of a user.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `role`")]
pub struct RoleRequest {
    /// Role of the user from now on.
    #[garde(skip)]
    #[schema(example = "teacher")]
    pub role: RoleName,
}

/// User account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// Id of the user.
    pub id: i64,
    /// Email address for the login.
    pub email: String,
    /// Name of the user.
    pub name: String,
    /// Role of the user.
    pub role: RoleName,
    /// Grade of the user.
    pub grade_level: Option<i64>,
    /// Whether the account is active.
    pub active: bool,
    /// Time at which the account was created.
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

/// User account with a separate object for school data, and with the time of the deactivation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserResponseV2 {
    /// Id of the user.
    pub id: i64,
    /// Email address for the login.
    pub email: String,
    /// Name of the user.
    pub display_name: String,
    /// Role of the user.
    pub role: RoleName,
    /// School data of the user.
    pub school: School,
    /// Time at which the account was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time at which the account was deactivated; null if it is active.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deactivated_at: Option<Timestamp>,
}

/// School data of a user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct School {
    /// Grade of the user; null if the user is in none.
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
