//! Parameters of endpoints, providers and request-scoped components: axum extractors, under error messages of ours.

use std::{any::Any, mem, sync::Arc};

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
    /// Why it is not there.
    type Rejection: IntoResponse;

    /// Extracts it: axum's own future, and none around it. Whoever awaits it makes a response of what rejects, with [`extracted`].
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

/// What was extracted, or the response of what rejects.
///
/// # Errors
///
/// The response.
#[inline]
pub fn extracted<T>(extracted: Result<T, impl IntoResponse>) -> Result<T, Response> {
    match extracted {
        Ok(value) => Ok(value),
        Err(rejection) => Err(rejection.into_response()),
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

/// The last parameter of an endpoint, which may read the body. `M` is [`OfParts`] or [`OfRequest`], so that rustc tells the two kinds of
/// extractors apart as it does for axum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no extractor",
    label = "an endpoint takes `{Self}`",
    note = "[inject/extractor] a component is taken through `Inject<T>`; a value of your own comes from a provider: an `#[inject]` function that returns it",
    note = "an extractor of axum may ask for something of what is in it: `Json<T>`, `Form<T>`, `Query<T>` and `Path<T>` are extractors where `T: serde::Deserialize`"
)]
pub trait LastParameter<C, M>: Sized {
    /// Why it is not there.
    type Rejection: IntoResponse;

    /// Extracts it; see [`Parameter::extract`]. What is left of `parts` is of no use to anybody.
    fn extract_last(
        parts: &mut Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;

    /// The same, for what is called like an extractor that reads the body, and so takes all of the request: it is cheaper to give it away
    /// than to leave another in its place.
    fn extract_whole(
        mut parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send
    where
        C: Send + Sync,
    {
        async move { Self::extract_last(&mut parts, body, container).await }
    }
}

/// The mark of an extractor that leaves the body alone.
pub enum OfParts {}

/// The mark of an extractor that reads the body.
pub enum OfRequest {}

// Not by way of axum's `FromRequest`, which puts the parts into a request and takes them out again.
impl<C, T> LastParameter<C, OfParts> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    type Rejection = T::Rejection;

    fn extract_last(
        parts: &mut Parts,
        _: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, T::Rejection>> + Send {
        T::from_request_parts(parts, container)
    }
}

impl<C, T> LastParameter<C, OfRequest> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>>,
{
    type Rejection = T::Rejection;

    fn extract_last(
        parts: &mut Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, T::Rejection>> + Send {
        let (none, ()) = Request::new(()).into_parts();
        Self::extract_whole(mem::replace(parts, none), body, container)
    }

    fn extract_whole(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, T::Rejection>> + Send {
        T::from_request(Request::from_parts(parts, body), container)
    }
}

/// The principal that the guard has extracted, if it is a `T` and nobody has it yet.
///
/// Whether it is one depends on the types alone, so that nothing of the choice is left at run time.
#[inline]
pub fn handed<T: 'static, P: 'static>(principal: &mut Option<P>) -> Option<T> {
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
