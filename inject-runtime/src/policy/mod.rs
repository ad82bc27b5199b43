//! Access policies and role checks, as data.

mod requires_credentials;
mod role_check;

use std::fmt;

pub(crate) use self::role_check::either;
pub use self::{
    requires_credentials::RequiresCredentials,
    role_check::{RoleCheck, all_checks, any_checks},
};

/// Access policy of an endpoint. [`RouteTable`](crate::RouteTable) has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// No restriction: `#[get(.., public)]`.
    Public,
    /// Authentication is required: `#[get(.., authenticated)]`, `#[get(.., authenticated = CurrentUser)]`, or a
    /// parameter `Authorized<..>`.
    Authenticated {
        /// Type of the principal, as written.
        principal: &'static str,
    },
    /// One of the roles is required: `#[require_role(UserRole::Admin)]`.
    AnyRole {
        /// Type of the roles, as written.
        role: &'static str,
        /// Roles, one of which is enough.
        any_of: &'static [&'static str],
    },
    /// A requirement is to be met: `#[require(Permission("orders:write"))]`, possibly beside
    /// `#[require_role]`.
    Required {
        /// Requirement, as written: `all(..)` of several.
        requirement: &'static str,
    },
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Authenticated { principal } => write!(f, "authenticated: {principal}"),
            Self::AnyRole { any_of, .. } => f.write_str(&any_of.join(" | ")),
            Self::Required { requirement } => f.write_str(requirement),
        }
    }
}
