//! Roles and principals.

use std::convert::Infallible;

use crate::{metadata::ParameterSpec, policy::RoleCheck};

/// Roles of an application: an enum under [`#[derive(Role)]`](derive@crate::Role).
///
/// ```
/// use inject_runtime::{Principal, Role};
///
/// #[derive(Role, Clone, Copy, Debug, PartialEq, Eq)]
/// #[role(principal = CurrentUser)]
/// pub enum UserRole {
///     #[role(implies(Teacher))]
///     Admin,
///     Teacher,
///     Student,
/// }
///
/// #[derive(Clone)]
/// pub struct CurrentUser {
///     role: UserRole,
/// }
///
/// impl Principal<UserRole> for CurrentUser {
///     fn has_role(&self, role: UserRole) -> bool {
///         self.role == role
///     }
/// }
///
/// let admin = CurrentUser { role: UserRole::Admin };
/// assert!(UserRole::Teacher.is_granted_to(&admin));
/// assert!(!UserRole::Student.is_granted_to(&admin));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a role",
    label = "expected an enum of roles",
    note = "[inject/role] put `#[derive(Role)]` and `#[role(principal = CurrentUser)]` on the enum"
)]
pub trait Role: Copy + Send + Sync + 'static {
    /// Principal that has the roles: an extractor for the client of a request.
    type Principal: Principal<Self>;

    /// Metadata of the principal as an extractor, set by `#[derive(Role)]`.
    #[doc(hidden)]
    const PRINCIPAL: Option<ParameterSpec> = None;

    /// Returns the name of the variant.
    fn name(self) -> &'static str;

    /// Returns the roles that grant this one: itself, and the roles that imply it.
    fn granted_by(self) -> &'static [Self];

    /// Returns all roles, in the order of their declaration. It is empty by default; tools can then not
    /// distinguish a misspelled role from a role that no endpoint requires.
    #[must_use]
    fn all() -> &'static [Self] {
        &[]
    }

    /// Returns whether `principal` has this role, or a role that implies it.
    fn is_granted_to(self, principal: &Self::Principal) -> bool {
        self.granted_by().iter().any(|role| principal.has_role(*role))
    }
}

/// Authenticated client of a request: the output of a provider such as `current_user`.
///
/// [`Role`] has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a principal with the roles of `{R}`",
    label = "expected a type that implements `Principal`",
    note = "[inject/role] implement `Principal<{R}>` for `{Self}`"
)]
pub trait Principal<R>: Send + 'static {
    /// Returns whether the principal has exactly this role. Roles that imply it are checked separately.
    fn has_role(&self, role: R) -> bool;
}

/// Stub principal: the expansion of `#[derive(Role)]` when `principal = ..` is missing or wrong.
#[diagnostic::do_not_recommend]
impl<R> Principal<R> for Infallible {
    fn has_role(&self, _: R) -> bool {
        match *self {}
    }
}

impl RoleCheck {
    /// Creates the check for any of these roles.
    #[must_use]
    pub fn of<R: Role>(any_of: &[R]) -> Self {
        let granted_by = any_of.iter().flat_map(|role| role.granted_by());
        Self::default().or(Self {
            any_of: any_of.iter().copied().map(path).collect(),
            granted_to: granted_by.copied().map(path).collect(),
            known: R::all().iter().copied().map(path).collect(),
            ..Self::default()
        })
    }
}

fn path<R: Role>(role: R) -> String {
    format!("{}::{}", std::any::type_name::<R>(), role.name())
}
