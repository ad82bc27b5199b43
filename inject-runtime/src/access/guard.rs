//! Guards that require a role.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::Role;
use crate::{container::HasContainer, frame::Rejection, problem::StaticProblem};

/// Returns the principal if it has any of the roles.
///
/// # Errors
///
/// Returns a response with status 403 otherwise.
#[inline]
pub fn authorize<R: Role>(
    principal: R::Principal,
    any_of: &[R],
    parts: &Parts,
) -> Result<R::Principal, Box<Rejection>> {
    if any_of.iter().any(|role| role.is_granted_to(&principal)) {
        Ok(principal)
    } else {
        Err(Box::new(Rejection::new(forbidden(parts))))
    }
}

/// Returns the principal if it meets the requirement.
///
/// # Errors
///
/// Returns a response with status 403 otherwise.
#[inline]
pub fn permit<P>(
    principal: P,
    meets_requirement: impl FnOnce(&P) -> bool,
    parts: &Parts,
) -> Result<P, Box<Rejection>> {
    if meets_requirement(&principal) {
        Ok(principal)
    } else {
        Err(Box::new(Rejection::new(forbidden(parts))))
    }
}

/// Returns the 403, which tells a client with a bearer token that the token is not enough (RFC 6750, section
/// 3.1).
pub(super) fn forbidden(parts: &Parts) -> Response {
    const FORBIDDEN: StaticProblem =
        StaticProblem { status: StatusCode::FORBIDDEN, body: r#"{"title":"Forbidden","status":403}"# };
    const INSUFFICIENT_SCOPE: HeaderValue = HeaderValue::from_static(r#"Bearer error="insufficient_scope""#);
    let mut response = FORBIDDEN.into_response();
    if has_bearer_token(parts) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, INSUFFICIENT_SCOPE);
    }
    response
}

fn has_bearer_token(parts: &Parts) -> bool {
    let credentials = parts.headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let scheme = credentials.and_then(|credentials| credentials.split(|byte| *byte == b' ').next());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"Bearer"))
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
    A: AnyOf<Role: Role<Principal: FromRequestParts<Arc<S::Container>>>>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let principal = <A::Role as Role>::Principal::from_request_parts(parts, state.container()).await;
        let principal = principal.map_err(IntoResponse::into_response)?;
        authorize(principal, A::ROLES, parts)
            .map(|_| Self(PhantomData))
            .map_err(|rejection| Response::from(*rejection))
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::to_bytes,
        http::{Request, StatusCode, header, request::Parts},
        response::IntoResponse as _,
    };

    use super::forbidden;
    use crate::problem::Problem;

    fn parts(authorization: &str) -> Parts {
        let request = Request::get("/").header(header::AUTHORIZATION, authorization).body(());
        request.expect("a request").into_parts().0
    }

    /// The static response equals the serialized problem.
    #[tokio::test]
    async fn forbidden_is_the_problem_of_its_status() {
        let challenge = r#"Bearer error="insufficient_scope""#;
        for (authorization, challenge) in [
            ("Basic YTpi", None),
            ("BearerToken a", None),
            ("", None),
            ("Bearer a", Some(challenge)),
            ("bearer a", Some(challenge)),
        ] {
            let problem = Problem::new(StatusCode::FORBIDDEN);
            let problem = challenge
                .into_iter()
                .fold(problem, |problem, challenge| problem.with_header(header::WWW_AUTHENTICATE, challenge));
            let (fixed, made) = (forbidden(&parts(authorization)), problem.into_response());
            assert_eq!((fixed.status(), fixed.headers()), (made.status(), made.headers()));
            let [fixed, made] = [fixed, made].map(|response| to_bytes(response.into_body(), 1_000));
            assert_eq!(fixed.await.expect("a body"), made.await.expect("a body"));
        }
    }
}
