//! Providers: functions whose parameters are extractors, and whose output becomes an extractor.

use std::{future::ready, sync::Arc};

use axum::{
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::strategy::Strategy;
use crate::{
    container::SharedContainer,
    endpoint_label::in_provider,
    extract::{OptionalOutput, Output, OutputNow, Parameter, ParameterNow},
    frame::{Frame, Loan, Provision, Rejection, RequestContext},
    graph::Node,
    layer::{Layered, MayDependOn},
    metadata::{Describable, EndsWithHead, GuardExtractor, Origin, ParameterKind, ProviderNode},
};

/// Value of the request scope: the output of a provider, or a request-scoped component.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not provided for requests",
    label = "no provider returns it, and it is not a request-scoped component",
    note = "[inject/provider] a provider is an `#[inject]` function that returns the value"
)]
pub trait Provided: Layered + Sized + 'static {
    /// Metadata of the provider.
    const NODE: &'static ProviderNode;

    /// Whether neither the provider nor anything that it depends on has something to wait for.
    const IS_SYNC: bool;

    /// Resource that the value is, or that a component holds, and that ends before the head of the response.
    const ENDS_WITH_HEAD: Option<EndsWithHead> = None;

    /// How the value is obtained: cached, uncached, or as a resource.
    type Strategy: Strategy<Self>;
}

/// Output of a provider, or request-scoped component, that the layer `L` may use: the argument of a generic component.
pub trait ProvidedTo<L>: Provided + Send {
    /// Proof, for [`ParameterSpec::usable`](crate::metadata::ParameterSpec::usable).
    fn usable() {}
}

impl<L: MayDependOn<T::Layer>, T: Provided + Send> ProvidedTo<L> for T {}

/// Provider in an application with container `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not provided for requests",
    label = "no provider returns it, and it is not a request-scoped component",
    note = "[inject/provider] a component of a request has `scope = request`, as in `#[repository(scope = request)]`; a provider is an `#[inject]` function that returns the value"
)]
pub trait Provider<C: SharedContainer>: Provided {
    /// Runs the provider, unless the strategy `S` finds the value.
    ///
    /// The lookup and the provider share one future. A wrapper around it would add one future for each
    /// level of dependencies, and rustc limits the nesting of futures.
    fn provide<S: Strategy<Self>>(
        context: &mut RequestContext<'_, C>,
    ) -> impl Future<Output = Provision<Self>> + Send;
}

/// Provider that has nothing to wait for, in an application with container `C`.
pub trait ProviderNow<C: SharedContainer>: Provided {
    /// Runs the provider, unless the strategy `S` finds the value.
    ///
    /// # Errors
    ///
    /// Returns the rejection.
    fn provide_now<S: Strategy<Self>>(context: &mut RequestContext<'_, C>) -> Provision<Self>;
}

/// Obtains a `T` according to its strategy. Returns the future of the provider itself; see
/// [`Provider::provide`].
#[inline]
fn resolve<T: Provider<C>, C: SharedContainer>(
    context: &mut RequestContext<'_, C>,
) -> impl Future<Output = Provision<T>> + Send {
    T::provide::<T::Strategy>(context)
}

/// Obtains a `T` in a plain handler or an extractor of axum's, in the scope of the request if there is one.
///
/// # Errors
///
/// Returns the rejection.
pub async fn extract<T: Provider<C>, C: SharedContainer>(
    parts: &mut Parts,
    container: &Arc<C>,
) -> Result<T, Response> {
    let mut loan = Loan::of(&parts.extensions);
    let mut none = Frame::default();
    let frame = loan.as_mut().map_or(&mut none, Loan::frame);
    Ok(resolve(&mut RequestContext { parts, container, frame }).await?)
}

/// As [`extract`], for an optional value.
///
/// # Errors
///
/// Returns the rejection.
pub async fn optional<T: Provider<C>, C: SharedContainer>(
    parts: &mut Parts,
    container: &Arc<C>,
) -> Result<Option<T>, Response> {
    let mut loan = Loan::of(&parts.extensions);
    let mut none = Frame::default();
    let frame = loan.as_mut().map_or(&mut none, Loan::frame);
    Ok(some_unless_absent(resolve(&mut RequestContext { parts, container, frame }).await)?)
}

/// Converts the rejection for absent credentials to `None`; other rejections remain errors.
fn some_unless_absent<T>(resolved: Provision<T>) -> Provision<Option<T>> {
    match resolved {
        Ok(value) => Ok(Some(value)),
        Err(rejection) if rejection.is_absence() => Ok(None),
        Err(rejection) => Err(rejection),
    }
}

impl<C: SharedContainer, T: Provider<C>> Parameter<C, Output> for T {
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<Self>> + Send {
        resolve(context)
    }
}

impl<C: SharedContainer, T: ProviderNow<C> + Send> Parameter<C, OutputNow> for T {
    #[inline]
    fn extract(context: &mut RequestContext<'_, C>) -> impl Future<Output = Provision<Self>> + Send {
        ready(T::provide_now::<T::Strategy>(context))
    }
}

impl<C: SharedContainer, T: ProviderNow<C>> ParameterNow<C, OutputNow> for T {
    #[inline]
    fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        T::provide_now::<T::Strategy>(context)
    }
}

impl<C: SharedContainer, T: Provider<C> + Send> Parameter<C, OptionalOutput> for Option<T> {
    async fn extract(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        some_unless_absent(resolve(context).await)
    }
}

/// Error with which a provider can end a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not convert to a response",
    label = "the provider ends the request with this error",
    note = "[inject/provider] derive `Problem` for it, or implement `axum::response::IntoResponse`"
)]
pub trait Reject {
    /// Converts the error of a provider to a response. What is logged meanwhile has the name of the provider.
    fn reject(self, provider: &'static str) -> Rejection;
}

#[diagnostic::do_not_recommend]
impl<E: IntoResponse> Reject for E {
    fn reject(self, provider: &'static str) -> Rejection {
        in_provider(provider, || Rejection::of(self))
    }
}

/// Lifetime of one request. See [`Outlives`].
#[derive(Debug)]
pub struct OneRequest;

/// Bound that no type satisfies. Its message is the error for a value of the request scope in a component
/// that outlives the request.
///
/// The bound is on [`OneRequest`] and not on `T`: if the failed bound and the bound that requires it are
/// about the same type, rustc shows the message of the latter.
#[diagnostic::on_unimplemented(
    message = "captive dependency: `{T}` lives for one request, and cannot be held by a component of `{C}`, which outlives it",
    label = "this asks `{C}` for `{T}`",
    note = "[inject/captive] make the component that holds it request-scoped, as in `#[service(scope = request)]`; or pass `{T}` to the methods that need it",
    note = "in an endpoint, a provider or a request-scoped component, take `{T}` itself, without `Inject<..>`"
)]
pub trait Outlives<T, C> {
    /// Never evaluated.
    const NODE: Node;

    /// Never called.
    fn never() -> T;
}

impl<T: Provided> Describable for T {
    const KIND: ParameterKind = ParameterKind::of::<T>();
    const ORIGIN: Origin = Origin::FromProvider { is_sync: T::IS_SYNC };
    const ENDS_WITH_HEAD: Option<EndsWithHead> = T::ENDS_WITH_HEAD;
    const DEMANDS_CREDENTIALS: bool = T::NODE.demands_credentials();
}

impl<T: Provided> GuardExtractor for T {}

impl ParameterKind {
    /// Returns the kind of the output `T` of a provider.
    #[must_use]
    pub const fn of<T: Provided>() -> Self {
        Self::Provider(|| T::NODE)
    }
}
