//! Parameters of endpoints, providers and request-scoped components: axum extractors with error messages of
//! this crate.

use std::{any::Any, future::ready, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};

use crate::{
    container::Component,
    frame::{Frame, Loan, Rejection, RequestContext},
    injectable::Absent,
    metadata::{ComponentOrigin, Origin, ParameterKind, Probe},
};

/// Extractor of request parts, in an application with container `C`.
///
/// `S` is the sort of the type. It decides how the value is extracted: an extractor of axum's receives the parts of the
/// request, and a value of the request scope its frame. It also decides the message. rustc reports the innermost unmet
/// bound, which is correct for a provider, whose dependency may be missing. Nothing is to be said about the bounds of a
/// type that is not known to be an extractor, and rustc reports this trait. For types that are known to read the body
/// there is [`BeforeBody`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor, and nothing provides it",
    label = "a parameter or a field is of type `{Self}`",
    note = "[inject/extractor] a value of the request: put `#[inject]` on the function that returns it; a value of the container: take `Inject<{Self}>`",
    note = "an extractor by hand implements `axum::extract::FromRequestParts<S>` for every state `S`, or for `Arc<{C}>`"
)]
pub trait Parameter<C, S = Known>: Sized {
    /// Extracts the value.
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

impl<C, T> Parameter<C> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Self, Rejection>> + Send {
        extract_from_parts(context)
    }
}

#[diagnostic::do_not_recommend]
impl<C, T> Parameter<C, Unknown> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Self, Rejection>> + Send {
        extract_from_parts(context)
    }
}

/// Runs an extractor of axum's, which may find the frame of the request in its extensions.
async fn extract_from_parts<C: Send + Sync, T: FromRequestParts<Arc<C>>>(
    RequestContext { parts, container, frame }: &mut RequestContext<'_, C>,
) -> Result<T, Rejection> {
    let _loan = frame.lend(&mut parts.extensions);
    T::from_request_parts(parts, container).await.map_err(|rejection| Rejection::of(rejection).named::<T>())
}

impl<C, T> Parameter<C, OfContainer> for T
where
    C: Send + Sync,
    T: Send,
    OfContainer: WithoutInject<T>,
{
    async fn extract(_: &mut RequestContext<'_, C>) -> Result<Self, Rejection> {
        OfContainer::never()
    }
}

/// Extractor of this crate that uses the frame of the request.
pub trait Native<C>: Sized {
    /// Extracts the value.
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// Extractor of this crate that has nothing to wait for.
pub trait NativeNow<C>: Sized {
    /// Extracts the value.
    ///
    /// # Errors
    ///
    /// Returns the rejection.
    fn extract_now(context: &mut RequestContext<'_, C>) -> Result<Self, Rejection>;
}

impl<C, T: Native<C>> Parameter<C, OfRuntime> for T {
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Self, Rejection>> + Send {
        <T as Native<C>>::extract(context)
    }
}

impl<C, T: NativeNow<C> + Send> Parameter<C, OfRuntimeNow> for T {
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Self, Rejection>> + Send {
        ready(T::extract_now(context).map_err(Rejection::named::<T>))
    }
}

/// Parameter that has nothing to wait for.
pub trait ParameterNow<C, S>: Sized {
    /// Extracts the value.
    ///
    /// # Errors
    ///
    /// Returns the rejection.
    fn extract_now(context: &mut RequestContext<'_, C>) -> Result<Self, Rejection>;
}

impl<C, T: NativeNow<C>> ParameterNow<C, OfRuntimeNow> for T {
    #[inline]
    fn extract_now(context: &mut RequestContext<'_, C>) -> Result<Self, Rejection> {
        <T as NativeNow<C>>::extract_now(context).map_err(Rejection::named::<T>)
    }
}

/// Runs an extractor of this crate in a plain handler of axum's, in the scope of the request if there is one.
///
/// # Errors
///
/// Returns the rejection.
pub(crate) fn extract_native<C, T: NativeNow<C>>(
    parts: &mut Parts,
    container: &Arc<C>,
) -> Result<T, Rejection> {
    match Loan::of(&parts.extensions) {
        Some(mut loan) => T::extract_now(&mut RequestContext { parts, container, frame: loan.frame() }),
        None => T::extract_now(&mut RequestContext { parts, container, frame: &mut Frame::default() }),
    }
}

/// Sort of a parameter: the output of a provider.
pub enum Output {}

/// Sort of a parameter: the output of a provider that has nothing to wait for.
pub enum OutputNow {}

/// Sort of a parameter: the output of a provider whose credentials may be absent.
pub enum OptionalOutput {}

/// Sort of a parameter: an extractor of this crate.
pub enum OfRuntime {}

/// Sort of a parameter: an extractor of this crate that has nothing to wait for.
pub enum OfRuntimeNow {}

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
    /// One of the sorts above.
    type Sort;
}

macro_rules! sorts {
    ($($number:literal $constant:ident $sort:ident;)*) => {$(
        const $constant: u8 = $number;

        impl Sorted for Sort<$number> {
            type Sort = $sort;
        }
    )*};
}

sorts! {
    0 UNKNOWN Unknown;
    1 KNOWN Known;
    2 OF_CONTAINER OfContainer;
    3 OUTPUT Output;
    4 OUTPUT_NOW OutputNow;
    5 OPTIONAL_OUTPUT OptionalOutput;
    6 OF_RUNTIME OfRuntime;
    7 OF_RUNTIME_NOW OfRuntimeNow;
}

/// Type whose origin is known, even if nothing else is known of it.
pub trait HasOrigin {
    /// Origin of the type.
    const COMPONENT: ComponentOrigin;
}

impl<T: Component> HasOrigin for T {
    const COMPONENT: ComponentOrigin =
        if T::IS_OF_REQUEST { ComponentOrigin::Request } else { ComponentOrigin::Container };
}

impl<T: HasOrigin> Probe<T> {
    /// Origin of the component, or of the output of a provider.
    pub const COMPONENT: ComponentOrigin = T::COMPONENT;
}

/// Returns the number of a [`Sort`].
#[must_use]
pub const fn sort(kind: ParameterKind, component: ComponentOrigin, origin: Origin) -> u8 {
    match (origin, kind) {
        (Origin::FromProvider { is_sync: false }, _) => OUTPUT,
        (Origin::FromProvider { is_sync: true }, _) => OUTPUT_NOW,
        (Origin::FromOptionalProvider, _) => OPTIONAL_OUTPUT,
        (Origin::Runtime { is_sync: false }, _) => OF_RUNTIME,
        (Origin::Runtime { is_sync: true }, _) => OF_RUNTIME_NOW,
        (Origin::Elsewhere, ParameterKind::Opaque) => match component {
            ComponentOrigin::None => UNKNOWN,
            ComponentOrigin::Container => OF_CONTAINER,
            // An argument of a generic component is not provided, which rustc reports.
            ComponentOrigin::Request => OUTPUT,
            // As is one of a handle on the unit of work.
            ComponentOrigin::Runtime => OF_RUNTIME,
        },
        (Origin::Elsewhere, _) => KNOWN,
    }
}

/// Returns whether a parameter has nothing to wait for.
#[must_use]
pub const fn is_sync(origin: Origin) -> bool {
    matches!(origin, Origin::FromProvider { is_sync: true } | Origin::Runtime { is_sync: true })
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
pub trait GuardParameter<C, S, const IS_GUARD: bool>: Sized {
    /// Extracts the value if it is a guard.
    fn guard(
        context: &mut RequestContext<'_, C>,
    ) -> impl Future<Output = Result<Option<Self>, Rejection>> + Send;
}

impl<C: Sync + Send, S, T: Send> GuardParameter<C, S, false> for T {
    #[inline]
    fn guard(_: &mut RequestContext<'_, C>) -> impl Future<Output = Result<Option<Self>, Rejection>> + Send {
        ready(Ok(None))
    }
}

impl<C: Sync + Send, S, T: Parameter<C, S> + Send> GuardParameter<C, S, true> for T {
    async fn guard(context: &mut RequestContext<'_, C>) -> Result<Option<Self>, Rejection> {
        T::extract(context).await.map(Some)
    }
}

/// Takes the principal that the guard extracted, if it is a `T` and has not been taken.
///
/// Whether it is a `T` depends only on the types, so the compiler removes the branch.
#[inline]
pub(crate) fn take_principal<T: 'static, P: 'static>(principal: &mut Option<P>) -> Option<T> {
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
