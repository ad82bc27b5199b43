//! Principals with a checked role.

use std::{fmt, ops::Deref, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::guard::forbidden;
use crate::{
    container::HasContainer,
    layer::{Common, Layered},
    metadata::{Describable, GuardExtractor, ParameterKind, Wrapper},
    policy::{RequiresCredentials, RoleCheck, either},
};

/// Type-level requirement of an [`Authorized`]: a role as a type, a [`RequirementProof`](super::RequirementProof),
/// or a tuple of them, one of which is enough.
///
/// `#[role(principal = CurrentUser, proofs = roles)]` on an enum of roles generates a module `roles` with a
/// type for each role. [`Authorized`] has an example.
pub trait RoleProof: 'static {
    /// Type of the principal.
    type Principal: Send + 'static;

    /// Returns whether `principal` meets the requirement.
    fn holds(principal: &Self::Principal) -> bool;

    /// Returns the requirement as data: checks, all of which a principal must pass. For an implementation by
    /// hand, the data is empty by default.
    #[must_use]
    fn checks() -> Vec<RoleCheck> {
        Vec::new()
    }
}

macro_rules! any_of {
    ($($first:ident $($rest:ident)*;)*) => {$(
        impl<$first: RoleProof $(, $rest: RoleProof<Principal = $first::Principal>)*> RoleProof for ($first, $($rest,)*) {
            type Principal = $first::Principal;

            fn holds(principal: &Self::Principal) -> bool {
                $first::holds(principal) $(|| $rest::holds(principal))*
            }

            fn checks() -> Vec<RoleCheck> {
                let checks = $first::checks();
                $(let checks = either(&checks, &$rest::checks());)*
                checks
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

/// Extractor and proof value: a principal that meets the role requirement `P`.
///
/// A service method that takes an `Authorized` cannot be called on a path without the check. Handlers
/// extract it; jobs, command-line tools and tests call [`check`](Self::check). There is no other
/// constructor.
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
///     /// Requires the role of an admin.
///     pub fn delete(&self, _by: &Authorized<roles::Admin>, _course: u64) {}
/// }
///
/// let admin = Authorized::check(CurrentUser { role: UserRole::Admin }).unwrap();
/// Courses::new().delete(&admin, 7);
/// assert!(Authorized::<roles::Admin>::check(CurrentUser { role: UserRole::Student }).is_err());
/// ```
///
/// ```compile_fail,E0061
/// # use inject_runtime::{Authorized, RoleProof, service};
/// # #[service]
/// # pub struct Courses;
/// # impl Courses {
/// #     pub fn delete<P: RoleProof>(&self, _by: &Authorized<P>, _course: u64) {}
/// # }
/// Courses::new().delete(7);
/// ```
pub struct Authorized<P: RoleProof> {
    principal: P::Principal,
}

impl<P: RoleProof> Authorized<P> {
    /// Checks the role of `principal`.
    ///
    /// # Errors
    ///
    /// Returns [`MissingRole`] with the principal if it does not meet the requirement.
    pub fn check(principal: P::Principal) -> Result<Self, MissingRole<P::Principal>> {
        if P::holds(&principal) { Ok(Self { principal }) } else { Err(MissingRole(principal)) }
    }

    /// Returns the principal.
    pub fn principal(&self) -> &P::Principal {
        &self.principal
    }

    /// Returns the principal, and drops the proof.
    pub fn into_principal(self) -> P::Principal {
        self.principal
    }
}

impl<P: RoleProof> Deref for Authorized<P> {
    type Target = P::Principal;

    fn deref(&self) -> &P::Principal {
        &self.principal
    }
}

impl<P: RoleProof<Principal: Clone>> Clone for Authorized<P> {
    fn clone(&self) -> Self {
        Self { principal: self.principal.clone() }
    }
}

impl<P: RoleProof<Principal: fmt::Debug>> fmt::Debug for Authorized<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Authorized").field(&self.principal).finish()
    }
}

/// Error returned for a principal that does not meet a role requirement. It contains the principal.
///
/// [`Authorized`] has an example of the check.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

impl<S, P> FromRequestParts<S> for Authorized<P>
where
    S: HasContainer,
    P: RoleProof<Principal: FromRequestParts<Arc<S::Container>>>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let principal = P::Principal::from_request_parts(parts, state.container())
            .await
            .map_err(IntoResponse::into_response)?;
        Self::check(principal).map_err(|_| forbidden(parts))
    }
}

impl<P: RoleProof<Principal: Describable>> Describable for Authorized<P> {
    const KIND: ParameterKind = <P::Principal as Describable>::KIND.wrapped(Wrapper::Authorized(P::checks));
    const DEMANDS_CREDENTIALS: bool = <P::Principal as Describable>::DEMANDS_CREDENTIALS;
}

impl<P: RoleProof<Principal: Describable>> GuardExtractor for Authorized<P> {
    #[cfg(feature = "openapi")]
    const INPUT: crate::metadata::TypeDescription =
        crate::metadata::TypeDescription::with(<Self as crate::operation::OperationInput>::operation_input);
}

impl<P: RoleProof<Principal: RequiresCredentials>> RequiresCredentials for Authorized<P> {}

impl<P: RoleProof> Layered for Authorized<P> {
    type Layer = Common;
}

#[cfg(feature = "openapi")]
/// The provider of the principal describes its credentials.
impl<P: RoleProof> crate::operation::OperationInput for Authorized<P> {
    fn operation_input(operation: &mut crate::operation::OperationDraft) {
        operation.problem(&crate::problem::ProblemKind::new(axum::http::StatusCode::FORBIDDEN));
    }
}
