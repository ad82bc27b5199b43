//! Requirements on principals as values, such as permissions.

use std::borrow::Cow;

use super::RoleProof;
use crate::policy::{RoleCheck, either};

/// Requirement on the principal of a request, as a value: a permission, a scope of a token, a feature of a
/// plan. It is the argument of [`#[require(..)]`](macro@crate::require) and of
/// [`Routes::require`](crate::Routes::require).
///
/// ```
/// use std::borrow::Cow;
/// use inject_runtime::{Permits, Requirement, get, require};
///
/// #[derive(Clone, Copy, PartialEq, Eq)]
/// pub struct Permission(pub &'static str);
///
/// impl Requirement for Permission {
///     type Principal = CurrentUser;
///
///     fn name(&self) -> Cow<'static, str> {
///         self.0.into()
///     }
/// }
///
/// #[derive(Clone)]
/// pub struct CurrentUser {
///     permissions: Vec<String>,
/// }
///
/// impl Permits<Permission> for CurrentUser {
///     fn permits(&self, permission: &Permission) -> bool {
///         self.permissions.iter().any(|granted| granted == permission.0)
///     }
/// }
///
/// #[get("/orders")]
/// #[require(Permission("orders:read"))]
/// pub async fn orders() {}
///
/// let clerk = CurrentUser { permissions: vec!["orders:read".to_owned()] };
/// let both = Permission("orders:read").and(Permission("orders:write"));
/// assert!(clerk.permits(&Permission("orders:read")) && !clerk.permits(&both));
/// ```
///
/// For a requirement as a type, whose check has a proof, there is [`RequirementProof`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a requirement",
    label = "expected a value whose type implements `Requirement`",
    note = "[inject/require] implement `Requirement` for `{Self}`: which principal it is about, and its name"
)]
pub trait Requirement: Send + Sync + Sized + 'static {
    /// Principal that meets the requirement or not: an extractor for the client of a request.
    type Principal: Permits<Self>;

    /// Returns the name, for route tables and API documents: `orders:write`.
    fn name(&self) -> Cow<'static, str>;

    /// Returns the requirement as data: role checks, all of which a principal must pass.
    #[doc(hidden)]
    fn checks(&self) -> Vec<RoleCheck> {
        vec![RoleCheck::of_permission(self.name().into_owned())]
    }

    /// Returns the requirement of both.
    fn and<R: Requirement<Principal = Self::Principal>>(self, other: R) -> And<Self, R> {
        And(self, other)
    }

    /// Returns the requirement of one of the two.
    fn or<R: Requirement<Principal = Self::Principal>>(self, other: R) -> Or<Self, R> {
        Or(self, other)
    }
}

/// Principal that tells whether it meets the requirement `R`. [`Requirement`] has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot tell whether it meets a `{R}`",
    label = "expected a type that implements `Permits<{R}>`",
    note = "[inject/require] implement `Permits<{R}>` for `{Self}`"
)]
pub trait Permits<R>: Send + 'static {
    /// Returns whether the principal meets the requirement.
    fn permits(&self, requirement: &R) -> bool;
}

/// Requirement of two requirements: see [`Requirement::and`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct And<A, B>(pub A, pub B);

/// Requirement of one of two requirements: see [`Requirement::or`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Or<A, B>(pub A, pub B);

#[diagnostic::do_not_recommend]
impl<P: Permits<A> + Permits<B>, A, B> Permits<And<A, B>> for P {
    fn permits(&self, And(a, b): &And<A, B>) -> bool {
        self.permits(a) && self.permits(b)
    }
}

#[diagnostic::do_not_recommend]
impl<P: Permits<A> + Permits<B>, A, B> Permits<Or<A, B>> for P {
    fn permits(&self, Or(a, b): &Or<A, B>) -> bool {
        self.permits(a) || self.permits(b)
    }
}

impl<A: Requirement<Principal: Permits<B>>, B: Requirement<Principal = A::Principal>> Requirement
    for And<A, B>
{
    type Principal = A::Principal;

    fn name(&self) -> Cow<'static, str> {
        format!("({} and {})", self.0.name(), self.1.name()).into()
    }

    fn checks(&self) -> Vec<RoleCheck> {
        [self.0.checks(), self.1.checks()].concat()
    }
}

impl<A: Requirement<Principal: Permits<B>>, B: Requirement<Principal = A::Principal>> Requirement
    for Or<A, B>
{
    type Principal = A::Principal;

    fn name(&self) -> Cow<'static, str> {
        format!("({} or {})", self.0.name(), self.1.name()).into()
    }

    fn checks(&self) -> Vec<RoleCheck> {
        either(&self.0.checks(), &self.1.checks())
    }
}

/// Requirement as a type, for the proof [`Authorized`](super::Authorized).
///
/// ```
/// use inject_runtime::{Authorized, Permits, Requirement, RequirementProof, service};
///
/// # #[derive(Clone, Copy)]
/// # pub struct Permission(pub &'static str);
/// # impl Requirement for Permission {
/// #     type Principal = CurrentUser;
/// #     fn name(&self) -> std::borrow::Cow<'static, str> {
/// #         self.0.into()
/// #     }
/// # }
/// # #[derive(Clone)]
/// # pub struct CurrentUser {
/// #     permissions: Vec<&'static str>,
/// # }
/// # impl Permits<Permission> for CurrentUser {
/// #     fn permits(&self, permission: &Permission) -> bool {
/// #         self.permissions.contains(&permission.0)
/// #     }
/// # }
/// pub struct WriteOrders;
///
/// impl RequirementProof for WriteOrders {
///     type Requirement = Permission;
///
///     const REQUIREMENT: Permission = Permission("orders:write");
/// }
///
/// #[service]
/// pub struct Orders;
///
/// impl Orders {
///     /// Requires the permission to write orders.
///     pub fn cancel(&self, _by: &Authorized<WriteOrders>, _order: u64) {}
/// }
///
/// let clerk = Authorized::check(CurrentUser { permissions: vec!["orders:write"] }).unwrap();
/// Orders::new().cancel(&clerk, 7);
/// assert!(Authorized::<WriteOrders>::check(CurrentUser { permissions: vec![] }).is_err());
/// ```
pub trait RequirementProof: 'static {
    /// Type of the requirement.
    type Requirement: Requirement;

    /// Requirement that the principal meets.
    const REQUIREMENT: Self::Requirement;
}

impl<T: RequirementProof> RoleProof for T {
    type Principal = <T::Requirement as Requirement>::Principal;

    fn holds(principal: &Self::Principal) -> bool {
        principal.permits(&T::REQUIREMENT)
    }

    fn checks() -> Vec<RoleCheck> {
        T::REQUIREMENT.checks()
    }
}
