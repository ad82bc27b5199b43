//! Roles and principals.

use std::convert::Infallible;

use crate::{metadata::ParameterSpec, policy::RoleCheck};

/// The roles of an application: an enum under [`#[derive(Role)]`](derive@crate::Role).
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
    /// Who has the roles: the extractor of whoever makes the request.
    type Principal: Principal<Self>;

    /// What is known of the principal as an extractor. `#[derive(Role)]` says it.
    #[doc(hidden)]
    const PRINCIPAL: Option<ParameterSpec> = None;

    /// The name of the variant.
    fn name(self) -> &'static str;

    /// The roles that grant this one: itself, and those that imply it.
    fn granted_by(self) -> &'static [Self];

    /// All roles there are, in the order of their declaration. Without it, nobody can tell a role that is misspelt from one that is
    /// never asked for.
    #[must_use]
    fn all() -> &'static [Self] {
        &[]
    }

    /// Whether `principal` has this role, or one that implies it.
    fn is_granted_to(self, principal: &Self::Principal) -> bool {
        self.granted_by().iter().any(|role| principal.has_role(*role))
    }
}

/// Whoever makes a request, once it is known who that is: what a provider such as `current_user` returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a principal with the roles of `{R}`",
    label = "expected a type that implements `Principal`",
    note = "[inject/role] implement `Principal<{R}>` for `{Self}`"
)]
pub trait Principal<R>: Send + 'static {
    /// Whether the principal has that very role. Roles that imply it are asked for one by one.
    fn has_role(&self, role: R) -> bool;
}

/// Nobody has no roles. It stands where it is not known whose the roles are.
#[diagnostic::do_not_recommend]
impl<R> Principal<R> for Infallible {
    fn has_role(&self, _: R) -> bool {
        match *self {}
    }
}

impl RoleCheck {
    /// The check for any of these roles.
    #[must_use]
    pub fn of<R: Role>(any_of: &[R]) -> Self {
        let granted_by = any_of.iter().flat_map(|role| role.granted_by());
        Self::default().or(Self {
            any_of: any_of.iter().copied().map(path).collect(),
            granted_to: granted_by.copied().map(path).collect(),
            known: R::all().iter().copied().map(path).collect(),
        })
    }
}

fn path<R: Role>(role: R) -> String {
    format!("{}::{}", std::any::type_name::<R>(), role.name())
}
