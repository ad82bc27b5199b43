//! Parameters of endpoints, providers and request-scoped components: axum extractors, under error messages of ours.

use std::{any::Any, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};

use crate::injectable::Absent;

/// An extractor of request parts, in an application with container `C`.
///
/// What is none is reported in axum's words, since rustc speaks of the innermost bound that fails; which is as it should be where that is
/// a dependency of a provider. For types that are known to read the body there is [`BeforeBody`].
pub trait Parameter<C>: Sized {
    /// Extracts it, or answers the request.
    fn extract(parts: &mut Parts, container: &Arc<C>) -> impl Future<Output = Result<Self, Response>> + Send;
}

impl<C, T> Parameter<C> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    async fn extract(parts: &mut Parts, container: &Arc<C>) -> Result<Self, Response> {
        match T::from_request_parts(parts, container).await {
            Ok(value) => Ok(value),
            Err(rejection) => Err(rejection.into_response()),
        }
    }
}

/// A [`Parameter`] that is called like an extractor which reads the body. The name decides about the message, and about nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads the body of the request, which is too early here",
    label = "something before the last parameter of an endpoint takes `{Self}`",
    note = "[inject/extractor] only the last parameter of an endpoint reads the body: guards, providers and the other parameters see the parts of a request, before its body is touched"
)]
pub trait BeforeBody<C>: Parameter<C> {}

#[diagnostic::do_not_recommend]
impl<C, T: Parameter<C>> BeforeBody<C> for T {}

/// The last parameter of an endpoint, which may read the body. `M` is axum's mark that tells the two kinds of extractors apart.
pub trait LastParameter<C, M>: Sized {
    /// Extracts it, or answers the request.
    fn extract_last(
        request: Request,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Response>> + Send;
}

impl<C, M, T> LastParameter<C, M> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>, M>,
{
    async fn extract_last(request: Request, container: &Arc<C>) -> Result<Self, Response> {
        match T::from_request(request, container).await {
            Ok(value) => Ok(value),
            Err(rejection) => Err(rejection.into_response()),
        }
    }
}

/// Extracts a parameter of an endpoint, unless it is the principal that the guard has extracted.
///
/// Which of the two it is depends on the types alone, so that nothing of the choice is left at run time.
///
/// # Errors
///
/// The response of the extractor that rejects.
#[inline]
pub async fn handed<T, P, C>(
    principal: &mut Option<P>,
    parts: &mut Parts,
    container: &Arc<C>,
) -> Result<T, Response>
where
    T: Parameter<C> + 'static,
    P: Send + 'static,
    C: Send + Sync,
{
    match take(principal) {
        Some(value) => Ok(value),
        None => T::extract(parts, container).await,
    }
}

/// Like [`handed`], for the last parameter.
///
/// # Errors
///
/// The response of the extractor that rejects.
#[inline]
pub async fn handed_last<T, M, P, C>(
    principal: &mut Option<P>,
    parts: Parts,
    body: Body,
    container: &Arc<C>,
) -> Result<T, Response>
where
    T: LastParameter<C, M> + 'static,
    P: Send + 'static,
    C: Send + Sync,
{
    match take(principal) {
        Some(value) => Ok(value),
        None => T::extract_last(Request::from_parts(parts, body), container).await,
    }
}

#[inline]
fn take<T: 'static, P: 'static>(principal: &mut Option<P>) -> Option<T> {
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
