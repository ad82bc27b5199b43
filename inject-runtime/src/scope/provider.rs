//! Providers: functions whose parameters are extractors, and whose output becomes an extractor.

use std::sync::Arc;

use axum::{
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::strategy::Strategy;
use crate::{
    container::SharedContainer,
    extract::{Output, Parameter},
    graph::Node,
    metadata::{Describable, GuardExtractor, ParameterKind, Probe, ProviderNode},
    problem::CredentialsAbsent,
};

/// Value of the request scope: the output of a provider, or a request-scoped component.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not provided for requests",
    label = "no provider returns it, and it is not a request-scoped component",
    note = "[inject/provider] a provider is an `#[inject]` function that returns the value"
)]
pub trait Provided: Sized + 'static {
    /// Metadata of the provider.
    const NODE: &'static ProviderNode;

    /// How the value is obtained: cached, uncached, or as a resource.
    type Strategy: Strategy<Self>;
}

/// Result of obtaining a `T`; the error is the response that ends the request.
pub type Provision<T> = Result<T, Response>;

/// Provider in an application with container `C`.
pub trait Provider<C: SharedContainer>: Provided {
    /// Runs the provider, unless the strategy `S` finds the value.
    ///
    /// The lookup and the provider share one future. A wrapper around it would add one future for each
    /// level of dependencies, and rustc limits the nesting of futures.
    fn provide<S: Strategy<Self>>(
        parts: &mut Parts,
        container: &Arc<C>,
    ) -> impl Future<Output = Provision<Self>> + Send;
}

/// Obtains a `T` according to its strategy. Returns the future of the provider itself; see
/// [`Provider::provide`].
pub fn resolve<T: Provider<C>, C: SharedContainer>(
    parts: &mut Parts,
    container: &Arc<C>,
) -> impl Future<Output = Result<T, Response>> + Send {
    T::provide::<T::Strategy>(parts, container)
}

/// Converts the rejection for absent credentials to `None`; other rejections remain errors.
///
/// # Errors
///
/// Returns the rejection.
pub fn optional<T>(resolved: Result<T, Response>) -> Result<Option<T>, Response> {
    match resolved {
        Ok(value) => Ok(Some(value)),
        Err(response) if response.extensions().get::<CredentialsAbsent>().is_some() => Ok(None),
        Err(response) => Err(response),
    }
}

impl<C: SharedContainer, T: Provider<C>> Parameter<C, Output> for T {
    type Rejection = Response;

    fn extract(parts: &mut Parts, container: &Arc<C>) -> impl Future<Output = Result<Self, Response>> + Send {
        resolve(parts, container)
    }
}

/// Error with which a provider can end a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not convert to a response",
    label = "the provider ends the request with this error",
    note = "[inject/provider] derive `Problem` for it, or implement `axum::response::IntoResponse`"
)]
pub trait Reject {
    /// Converts the error to a response.
    fn reject(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<E: IntoResponse> Reject for E {
    fn reject(self) -> Response {
        self.into_response()
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

impl<T: Provided> Probe<T> {
    /// Whether the type is the output of a provider, or a request-scoped component.
    pub const IS_OUTPUT: bool = true;
}

impl<T: Provided> Describable for T {
    const KIND: ParameterKind = ParameterKind::of::<T>();
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
