//! Guards that require a role.

use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};

use super::Role;
use crate::{
    container::HasContainer,
    extract::{Parameter, map_rejection},
    problem::StaticProblem,
};

/// Returns the principal if it has any of the roles.
///
/// # Errors
///
/// Returns a response with status 403 otherwise.
#[inline]
pub fn authorize<R: Role>(principal: R::Principal, any_of: &[R]) -> Result<R::Principal, Response> {
    if any_of.iter().any(|role| role.is_granted_to(&principal)) { Ok(principal) } else { Err(forbidden()) }
}

pub(super) fn forbidden() -> Response {
    const FORBIDDEN: StaticProblem =
        StaticProblem { status: StatusCode::FORBIDDEN, body: r#"{"title":"Forbidden","status":403}"# };
    FORBIDDEN.into_response()
}

/// Roles of `#[require_role]` on a plain axum handler, as a type.
pub trait AnyOf: 'static {
    /// Enum of the roles.
    type Role: Role;
    /// Roles, one of which is enough.
    const ROLES: &'static [Self::Role];
}

/// Extractor that rejects a principal without any of the roles: the first parameter that `#[require_role]`
/// adds to a plain axum handler.
pub struct RoleGuard<A>(PhantomData<fn() -> A>);

impl<S, A> FromRequestParts<S> for RoleGuard<A>
where
    S: HasContainer,
    A: AnyOf<Role: Role<Principal: Parameter<S::Container>>>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let principal = <A::Role as Role>::Principal::extract(parts, state.container()).await;
        authorize(map_rejection(principal)?, A::ROLES).map(|_| Self(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, http::StatusCode, response::IntoResponse as _};

    use super::forbidden;
    use crate::problem::Problem;

    /// The static response equals the serialized problem.
    #[tokio::test]
    async fn forbidden_is_the_problem_of_its_status() {
        let (fixed, made) = (forbidden(), Problem::new(StatusCode::FORBIDDEN).into_response());
        assert_eq!((fixed.status(), fixed.headers()), (made.status(), made.headers()));
        let [fixed, made] = [fixed, made].map(|response| to_bytes(response.into_body(), 1_000));
        assert_eq!(fixed.await.expect("a body"), made.await.expect("a body"));
    }
}
