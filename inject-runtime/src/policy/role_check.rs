//! Role checks.

/// Check of an endpoint or guard, as data: a principal passes it with one of the roles, or with one of the
/// permissions. Roles are identified by their paths: `my_app::auth::UserRole::Admin`, permissions by their
/// [names](crate::Requirement::name).
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
    /// Permissions, one of which is enough as well: those of `#[require(..)]`.
    pub permissions: Vec<String>,
}

impl RoleCheck {
    /// Creates the check for a permission.
    pub(crate) fn of_permission(name: String) -> Self {
        Self { permissions: vec![name], ..Self::default() }
    }

    /// Returns the check that either of two checks passes.
    #[must_use]
    pub(crate) fn or(mut self, other: Self) -> Self {
        add(&mut self.any_of, other.any_of);
        add(&mut self.granted_to, other.granted_to);
        add(&mut self.known, other.known);
        add(&mut self.permissions, other.permissions);
        self
    }
}

/// Returns the checks of a requirement that combines others: all of them.
#[must_use]
pub fn all_checks<const N: usize>(parts: [Vec<RoleCheck>; N]) -> Vec<RoleCheck> {
    parts.into_iter().flatten().collect()
}

/// Returns the checks of a requirement that combines others: one of them.
#[must_use]
pub fn any_checks<const N: usize>(parts: [Vec<RoleCheck>; N]) -> Vec<RoleCheck> {
    parts.into_iter().reduce(|one, other| either(&one, &other)).unwrap_or_default()
}

/// Returns the checks that a principal passes if it passes all of one, or all of the other.
pub(crate) fn either(one: &[RoleCheck], other: &[RoleCheck]) -> Vec<RoleCheck> {
    let mut checks = Vec::new();
    for check in one.iter().flat_map(|a| other.iter().map(|b| a.clone().or(b.clone()))) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    checks
}

/// Adds each role once.
fn add(roles: &mut Vec<String>, others: Vec<String>) {
    for role in others {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
}
