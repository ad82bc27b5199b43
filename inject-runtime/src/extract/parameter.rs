//! Parameters of endpoints, providers and request-scoped components: axum extractors with error messages of
//! this crate.

use std::{any::Any, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
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

/// Last parameter of an endpoint, which may read the body. `M` is axum's marker type that distinguishes the
/// two kinds of extractors.
///
/// As with [`Parameter`], a type that is not an extractor gets axum's diagnostic.
pub trait LastParameter<C, M>: Sized {
    /// Rejection of the extractor.
    type Rejection: IntoResponse;

    /// Extracts the value; see [`Parameter::extract`].
    fn extract(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

impl<C, M, T> LastParameter<C, M> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>, M>,
{
    type Rejection = T::Rejection;

    fn extract(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, T::Rejection>> + Send {
        T::from_request(Request::from_parts(parts, body), container)
    }
}

/// [`LastParameter`] with the name of an extractor that reads the body. The name affects the message only.
///
/// There are two implementations, so that rustc, which finds that neither applies, reports this trait and
/// not a bound of an implementation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "an endpoint takes `{Self}`",
    note = "[inject/extractor] `Json<T>` and `Form<T>` are extractors if `T: serde::Deserialize`"
)]
pub trait BodyParameter<C, M>: Sized {
    /// Rejection of the extractor.
    type Rejection: IntoResponse;

    /// Extracts the value; see [`Parameter::extract`].
    fn extract(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

/// Marker of an extractor that does not read the body.
pub enum OfParts {}

/// Marker of an extractor that reads the body.
pub enum OfRequest {}

impl<C, T> BodyParameter<C, OfParts> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    type Rejection = T::Rejection;

    async fn extract(mut parts: Parts, _: Body, container: &Arc<C>) -> Result<Self, T::Rejection> {
        T::from_request_parts(&mut parts, container).await
    }
}

impl<C, T> BodyParameter<C, OfRequest> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>>,
{
    type Rejection = T::Rejection;

    fn extract(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, T::Rejection>> + Send {
        T::from_request(Request::from_parts(parts, body), container)
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
