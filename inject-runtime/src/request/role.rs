//! Who may do what: principals, roles, and the proof that a role was checked.

use std::{convert::Infallible, fmt, marker::PhantomData, ops::Deref, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};

use super::{
    check::RoleCheck,
    parameter::{Parameter, extracted},
    problem::Fixed,
    spec::{Around, Known, ParameterSpec, Shape},
};
use crate::layer::{Common, Layered};

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
    message = "`{Self}` is no principal with the roles of `{R}`",
    label = "this principal does not have such roles",
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

/// Lets through who has any of the roles.
///
/// # Errors
///
/// 403
#[inline]
pub fn authorize<R: Role>(principal: R::Principal, any_of: &[R]) -> Result<R::Principal, Response> {
    if any_of.iter().any(|role| role.is_granted_to(&principal)) { Ok(principal) } else { Err(forbidden()) }
}

pub(super) fn forbidden() -> Response {
    const FORBIDDEN: Fixed =
        Fixed { status: StatusCode::FORBIDDEN, body: r#"{"title":"Forbidden","status":403}"# };
    FORBIDDEN.into_response()
}

/// The roles of `#[require_role]` on a plain axum handler, as a type.
pub trait AnyOf: 'static {
    /// The enum.
    type Role: Role;
    /// One of them is enough.
    const ROLES: &'static [Self::Role];
}

/// Extractor that lets through who has any of the roles: the parameter that `#[require_role]` puts first in a plain axum handler.
pub struct RoleGuard<A>(PhantomData<fn() -> A>);

impl<C, A> FromRequestParts<Arc<C>> for RoleGuard<A>
where
    C: Send + Sync,
    A: AnyOf<Role: Role<Principal: Parameter<C>>>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, container: &Arc<C>) -> Result<Self, Response> {
        let principal = <A::Role as Role>::Principal::extract(parts, container).await;
        authorize(extracted(principal)?, A::ROLES).map(|_| Self(PhantomData))
    }
}

/// What an [`Authorized`] proves: a role as a type, or a tuple of them, of which one is enough.
///
/// `#[role(principal = CurrentUser, proofs = roles)]` on an enum of roles generates a module `roles` with a type for each role.
pub trait Proof: 'static {
    /// Of whom it is proven.
    type Principal: Send + 'static;

    /// Whether it holds of `principal`.
    fn holds(principal: &Self::Principal) -> bool;

    /// The same as data. Of a proof that is written by hand, nothing is known.
    #[must_use]
    fn check() -> RoleCheck {
        RoleCheck::default()
    }
}

macro_rules! any_of {
    ($($first:ident $($rest:ident)*;)*) => {$(
        impl<$first: Proof $(, $rest: Proof<Principal = $first::Principal>)*> Proof for ($first, $($rest,)*) {
            type Principal = $first::Principal;

            fn holds(principal: &Self::Principal) -> bool {
                $first::holds(principal) $(|| $rest::holds(principal))*
            }

            fn check() -> RoleCheck {
                $first::check() $(.or($rest::check()))*
            }
        }
    )*};
}

any_of! {
    A;
    A B;
    A B D;
    A B D E;
}

/// A principal of whom `P` has been checked: proof, as a value, that the check was made.
///
/// A service method that takes one cannot be called on a path that leaves the check out. Handlers get it as an extractor; jobs,
/// command-line tools and tests from [`check`](Self::check). There is no other way to make one.
///
/// ```
/// use inject_runtime::{Authorized, Principal, Role, service};
///
/// #[derive(Role, Clone, Copy, PartialEq, Eq)]
/// #[role(principal = CurrentUser, proofs = roles)]
/// pub enum UserRole {
///     Admin,
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
/// #[service]
/// pub struct Courses;
///
/// impl Courses {
///     /// Only for who has shown to be an admin.
///     pub fn delete(&self, _by: &Authorized<roles::Admin>, _course: u64) {}
/// }
///
/// let admin = Authorized::check(CurrentUser { role: UserRole::Admin }).unwrap();
/// Courses::new().delete(&admin, 7);
/// assert!(Authorized::<roles::Admin>::check(CurrentUser { role: UserRole::Student }).is_err());
/// ```
///
/// ```compile_fail,E0061
/// # use inject_runtime::{Authorized, Proof, service};
/// # #[service]
/// # pub struct Courses;
/// # impl Courses {
/// #     pub fn delete<P: Proof>(&self, _by: &Authorized<P>, _course: u64) {}
/// # }
/// Courses::new().delete(7);
/// ```
pub struct Authorized<P: Proof> {
    principal: P::Principal,
}

impl<P: Proof> Authorized<P> {
    /// Checks `principal`.
    ///
    /// # Errors
    ///
    /// `P` does not hold of the principal, who is given back.
    pub fn check(principal: P::Principal) -> Result<Self, MissingRole<P::Principal>> {
        if P::holds(&principal) { Ok(Self { principal }) } else { Err(MissingRole(principal)) }
    }

    /// Of whom it is proven.
    pub fn principal(&self) -> &P::Principal {
        &self.principal
    }

    /// Gives the proof up.
    pub fn into_principal(self) -> P::Principal {
        self.principal
    }
}

impl<P: Proof> Deref for Authorized<P> {
    type Target = P::Principal;

    fn deref(&self) -> &P::Principal {
        &self.principal
    }
}

impl<P: Proof<Principal: Clone>> Clone for Authorized<P> {
    fn clone(&self) -> Self {
        Self { principal: self.principal.clone() }
    }
}

impl<P: Proof<Principal: fmt::Debug>> fmt::Debug for Authorized<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Authorized").field(&self.principal).finish()
    }
}

/// A principal who lacks the role.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MissingRole<P>(pub P);

impl<P> fmt::Debug for MissingRole<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MissingRole")
    }
}

impl<P> fmt::Display for MissingRole<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the principal does not have the role")
    }
}

impl<P> std::error::Error for MissingRole<P> {}

impl<C, P> FromRequestParts<Arc<C>> for Authorized<P>
where
    C: Send + Sync,
    P: Proof<Principal: Parameter<C>>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, container: &Arc<C>) -> Result<Self, Response> {
        let principal = extracted(P::Principal::extract(parts, container).await)?;
        Self::check(principal).map_err(|_| forbidden())
    }
}

impl<P: Proof<Principal: Known>> Known for Authorized<P> {
    const SHAPE: Shape = <P::Principal as Known>::SHAPE.within(Around::Authorized(P::check));
}

impl<P: Proof> Layered for Authorized<P> {
    type Layer = Common;
}
