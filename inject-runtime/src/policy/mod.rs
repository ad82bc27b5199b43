//! Access policies and role checks, as data.

mod role_check;

use std::fmt;

pub use self::role_check::RoleCheck;

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// Anybody: `#[get(.., public)]`.
    Public,
    /// Whoever is authenticated: `#[get(.., authenticated = CurrentUser)]`.
    Authenticated {
        /// The type of the principal, as written.
        principal: &'static str,
    },
    /// Who has one of the roles: `#[require_role(UserRole::Admin)]`.
    AnyRole {
        /// The type of the roles, as written.
        role: &'static str,
        /// The roles, one of which is enough.
        any_of: &'static [&'static str],
    },
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Authenticated { principal } => write!(f, "authenticated: {principal}"),
            Self::AnyRole { any_of, .. } => f.write_str(&any_of.join(" | ")),
        }
    }
}
