//! Role checks.

/// Role check of an endpoint or guard, as data. Roles are identified by their paths:
/// `my_app::auth::UserRole::Admin`.
///
/// ```
/// use inject_runtime::{Principal, Role, RoleCheck};
///
/// #[derive(Role, Clone, Copy, PartialEq, Eq)]
/// #[role(principal = CurrentUser)]
/// pub enum UserRole {
///     #[role(implies(Teacher))]
///     Admin,
///     Teacher,
/// }
///
/// pub struct CurrentUser(UserRole);
///
/// impl Principal<UserRole> for CurrentUser {
///     fn has_role(&self, role: UserRole) -> bool {
///         self.0 == role
///     }
/// }
///
/// let check = RoleCheck::of(&[UserRole::Teacher]);
/// assert_eq!(check.any_of.len(), 1);
/// assert_eq!(check.granted_to.len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RoleCheck {
    /// Required roles. Any of them is enough.
    pub any_of: Vec<String>,
    /// Roles that pass the check: the required roles, and the roles that imply them.
    pub granted_to: Vec<String>,
    /// All roles of the enum, if [`Role::all`](crate::Role::all) returns them.
    pub known: Vec<String>,
}

impl RoleCheck {
    /// Returns the check that either of two checks passes.
    #[must_use]
    pub(crate) fn or(mut self, other: Self) -> Self {
        add(&mut self.any_of, other.any_of);
        add(&mut self.granted_to, other.granted_to);
        add(&mut self.known, other.known);
        self
    }
}

/// Adds each role once.
fn add(roles: &mut Vec<String>, others: Vec<String>) {
    for role in others {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
}
