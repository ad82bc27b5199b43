//! Parameters of endpoints, providers and request-scoped components: axum extractors with error messages of
//! this crate.

use std::{any::Any, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
    response::{IntoResponse, Response},
};

use crate::{
    container::Component,
    injectable::Absent,
    metadata::{ParameterKind, Probe},
};

/// Extractor of request parts, in an application with container `C`.
///
/// `S` is the sort of the type: it decides the message. rustc reports the innermost unmet bound, which is correct
/// for a provider, whose dependency may be missing. Nothing is to be said about the bounds of a type that is
/// not known to be an extractor, and rustc reports this trait. For types that are known to read the body there
/// is [`BeforeBody`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor, and nothing provides it",
    label = "a parameter or a field is of type `{Self}`",
    note = "[inject/extractor] a value of the request: put `#[inject]` on the function that returns it; a value of the container: take `Inject<{Self}>`",
    note = "an extractor by hand implements `axum::extract::FromRequestParts<S>` for every state `S`, or for `Arc<{C}>`"
)]
pub trait Parameter<C, S = Known>: Sized {
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

#[diagnostic::do_not_recommend]
impl<C, T> Parameter<C, Unknown> for T
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

impl<C, T> Parameter<C, OfContainer> for T
where
    C: Send + Sync,
    T: Send,
    OfContainer: WithoutInject<T>,
{
    type Rejection = Response;

    async fn extract(_: &mut Parts, _: &Arc<C>) -> Result<Self, Response> {
        OfContainer::never()
    }
}

/// Sort of a parameter: the output of a provider.
pub enum Output {}

/// Sort of a parameter: a type that is known to be an extractor.
pub enum Known {}

/// Sort of a parameter: a type of which nothing is known. An extractor by hand is one.
pub enum Unknown {}

/// Sort of a parameter: a component of the container.
pub enum OfContainer {}

/// Bound that no type satisfies. Its message is the error for a component of the container that is a
/// parameter.
#[diagnostic::on_unimplemented(
    message = "`{T}` belongs to the container: take `Inject<{T}>`, or give it `scope = request`",
    label = "this takes `{T}` without `Inject`",
    note = "[inject/extractor] parameters, and the fields of request-scoped components, are extractors: `Inject<T>` extracts a value of the container"
)]
pub trait WithoutInject<T> {
    /// Never called.
    fn never<V>() -> V;
}

/// Sort of a parameter, as a number that a constant of an expansion computes.
pub struct Sort<const NUMBER: u8>;

/// [`Sort`] as a type.
pub trait Sorted {
    /// `Known`, `Unknown`, `OfContainer` or `Output`.
    type Sort;
}

impl Sorted for Sort<0> {
    type Sort = Unknown;
}

impl Sorted for Sort<1> {
    type Sort = Known;
}

impl Sorted for Sort<2> {
    type Sort = OfContainer;
}

impl Sorted for Sort<3> {
    type Sort = Output;
}

impl<T: Component> Probe<T> {
    /// Whether the type is a component, or the output of a provider.
    pub const IS_COMPONENT: bool = true;
}

/// Returns the number of a [`Sort`].
#[must_use]
pub const fn sort(kind: ParameterKind, is_component: bool, is_output: bool) -> u8 {
    match kind {
        _ if is_output => 3,
        ParameterKind::Opaque if is_component => 2,
        ParameterKind::Opaque => 0,
        _ => 1,
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
