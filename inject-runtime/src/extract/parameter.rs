//! Parameters of endpoints, providers and request-scoped components: axum extractors with error messages of
//! this crate.

use std::{any::Any, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
    response::{IntoResponse, Response},
};

use crate::injectable::Absent;

/// Extractor of request parts, in an application with container `C`.
///
/// A type that is not an extractor gets axum's diagnostic, because rustc reports the innermost unmet bound.
/// This is correct where that bound is about a dependency of a provider. For types that are known to read
/// the body there is [`BeforeBody`].
pub trait Parameter<C>: Sized {
    /// Rejection of the extractor.
    type Rejection: IntoResponse;

    /// Extracts the value. The future is axum's own, without a wrapper around it. The caller converts a
    /// rejection to a response, with [`map_rejection`].
    fn extract(
        parts: &mut Parts,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

impl<C, T> Parameter<C> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    type Rejection = T::Rejection;

    fn extract(
        parts: &mut Parts,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, T::Rejection>> + Send {
        T::from_request_parts(parts, container)
    }
}

/// Converts a rejection to its response.
///
/// # Errors
///
/// Returns the response.
#[inline]
pub fn map_rejection<T>(result: Result<T, impl IntoResponse>) -> Result<T, Response> {
    result.map_err(IntoResponse::into_response)
}

/// [`Parameter`] with the name of an extractor that reads the body. The name affects the message only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads the body of the request, which is too early here",
    label = "something before the last parameter of an endpoint takes `{Self}`",
    note = "[inject/extractor] only the last parameter of an endpoint reads the body: guards, providers and the other parameters see the parts of a request, before its body is touched"
)]
pub trait BeforeBody<C>: Parameter<C> {}

#[diagnostic::do_not_recommend]
impl<C, T: Parameter<C>> BeforeBody<C> for T {}

/// Parameter of an endpoint whose policy is stated by a parameter: with `IS_GUARD`, it is extracted before all
/// others.
pub trait GuardParameter<C, const IS_GUARD: bool>: Sized {
    /// Extracts the value if it is a guard.
    fn guard(
        parts: &mut Parts,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Option<Self>, Response>> + Send;
}

impl<C: Sync + Send, T: Send> GuardParameter<C, false> for T {
    async fn guard(_: &mut Parts, _: &Arc<C>) -> Result<Option<Self>, Response> {
        Ok(None)
    }
}

impl<C: Sync + Send, T: Parameter<C> + Send> GuardParameter<C, true> for T {
    async fn guard(parts: &mut Parts, container: &Arc<C>) -> Result<Option<Self>, Response> {
        map_rejection(T::extract(parts, container).await).map(Some)
    }
}

/// Takes the principal that the guard extracted, if it is a `T` and has not been taken.
///
/// Whether it is a `T` depends only on the types, so the compiler removes the branch.
#[inline]
pub fn take_principal<T: 'static, P: 'static>(principal: &mut Option<P>) -> Option<T> {
    let principal: &mut dyn Any = principal;
    principal.downcast_mut::<Option<T>>()?.take()
}

impl<S: Sync> FromRequestParts<S> for Absent {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Absent {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(None)
    }
}
