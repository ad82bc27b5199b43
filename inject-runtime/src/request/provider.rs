//! Providers: functions whose parameters are extractors, and whose output becomes one.

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::{
    absent::CredentialsAbsent,
    scope::{Scope, outside_of_scope},
    spec::{Known, ProviderNode, Shape},
    teardown::Teardown,
};
use crate::container::Container;

/// A value of the request scope: what a provider returns, or a request-scoped component.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not provided for requests",
    label = "no provider returns it, and it is no request-scoped component",
    note = "[inject/provider] a provider is an `#[inject]` function that returns the value"
)]
pub trait Provided: Sized + 'static {
    /// The provider.
    const NODE: &'static ProviderNode;

    /// How the value is come by.
    type Strategy: Strategy<Self>;
}

/// A provider in an application with container `C`.
pub trait Provider<C: Container>: Provided {
    /// Runs it, unless `S` has the value already.
    ///
    /// All that there is to wait for is in this one future. One around it for the cache would be one more for each level of dependencies, and
    /// rustc looks no deeper into futures than its recursion limit.
    fn provide<S: Strategy<Self>>(
        parts: &mut Parts,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Response>> + Send;
}

/// What is done before a provider of `T` runs, and after.
#[diagnostic::on_unimplemented(
    message = "`{T}` is provided once for each request, and every dependent gets a clone: it must be `Clone`, `Send` and `Sync`",
    label = "this is what the provider returns",
    note = "[inject/provider] derive `Clone` for it; or let the provider run for each dependent: `#[inject(uncached)]`"
)]
pub trait Strategy<T> {
    /// What is done for a [`Uncached`].
    type Uncached: Strategy<T>;

    /// The value, if it is there already.
    ///
    /// # Errors
    ///
    /// The response that ends the request.
    fn before(parts: &mut Parts) -> Result<Before<T>, Response>;

    /// Takes note of a value that was provided.
    fn after(parts: &mut Parts, value: T, shared: bool) -> T;
}

/// Whether a provider has to run.
pub enum Before<T> {
    /// It has not: here is the value.
    Found(T),
    /// It has; and whether others will ask for the value.
    Missing(bool),
}

/// Once for each request.
pub enum Once {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Strategy<T> for Once {
    type Uncached = EachTime;

    #[inline]
    fn before(parts: &mut Parts) -> Result<Before<T>, Response> {
        // Without a scope nobody else asks: an endpoint opens one where a value is shared.
        let shared = is_shared(parts);
        if shared && let Some(found) = found(parts)? {
            return Ok(Before::Found(found));
        }
        Ok(Before::Missing(shared))
    }

    #[inline]
    fn after(parts: &mut Parts, value: T, shared: bool) -> T {
        if shared {
            keep(parts, &value);
        }
        value
    }
}

/// For each dependent.
pub enum EachTime {}

impl<T: 'static> Strategy<T> for EachTime {
    type Uncached = Self;

    #[inline]
    fn before(parts: &mut Parts) -> Result<Before<T>, Response> {
        let found: Option<T> = overridden(parts)?;
        Ok(found.map_or(Before::Missing(false), Before::Found))
    }

    #[inline]
    fn after(_: &mut Parts, value: T, _: bool) -> T {
        value
    }
}

/// A resource, which the scope closes: one for the request or one for each dependent, before the head of the response or after its body.
pub enum Leased<const IS_CACHED: bool, const UNTIL_BODY: bool> {}

impl<T, const IS_CACHED: bool, const UNTIL_BODY: bool> Strategy<T> for Leased<IS_CACHED, UNTIL_BODY>
where
    T: Teardown + Clone + Send + Sync,
{
    type Uncached = Leased<false, UNTIL_BODY>;

    fn before(parts: &mut Parts) -> Result<Before<T>, Response> {
        if !is_shared(parts) {
            return Err(outside_of_scope::<T>());
        }
        let found: Option<T> = if IS_CACHED { found(parts)? } else { overridden(parts)? };
        Ok(found.map_or(Before::Missing(IS_CACHED), Before::Found))
    }

    fn after(parts: &mut Parts, value: T, shared: bool) -> T {
        if let Some(scope) = parts.extensions.get::<Scope>() {
            scope.open(value.clone(), UNTIL_BODY);
        }
        if shared {
            keep(parts, &value);
        }
        value
    }
}

/// Comes by a `T` as its provider says.
///
/// It is the very future of the provider. One more around it would be one more for each level of dependencies, also to rustc, which looks no
/// deeper than its recursion limit.
pub fn resolve<T: Provider<C>, C: Container>(
    parts: &mut Parts,
    container: &Arc<C>,
) -> impl Future<Output = Result<T, Response>> + Send {
    T::provide::<T::Strategy>(parts, container)
}

/// A value that the request has, in its extensions.
#[derive(Clone)]
struct Kept<T>(T);

#[inline]
fn is_shared(parts: &Parts) -> bool {
    parts.extensions.get::<Scope>().is_some()
}

/// The value that has been provided already, or that the provider is overridden with.
pub(super) fn found<T: Clone + Send + Sync + 'static>(parts: &mut Parts) -> Result<Option<T>, Response> {
    if let Some(Kept(value)) = parts.extensions.get::<Kept<T>>() {
        return Ok(Some(value.clone()));
    }
    let value = overridden(parts)?;
    if let Some(value) = &value {
        keep(parts, value);
    }
    Ok(value)
}

#[inline]
fn overridden<T: 'static>(parts: &Parts) -> Result<Option<T>, Response> {
    match parts.extensions.get::<Scope>() {
        Some(scope) => scope.overridden(parts),
        None => Ok(None),
    }
}

pub(super) fn keep<T: Clone + Send + Sync + 'static>(parts: &mut Parts, value: &T) {
    parts.extensions.insert(Kept(value.clone()));
}

/// `None` where the credentials that a value needs are not there; other rejections stay.
///
/// # Errors
///
/// The rejection.
pub fn optional<T>(resolved: Result<T, Response>) -> Result<Option<T>, Response> {
    match resolved {
        Ok(value) => Ok(Some(value)),
        Err(response) if response.extensions().get::<CredentialsAbsent>().is_some() => Ok(None),
        Err(response) => Err(response),
    }
}

/// An error that a provider can end a request with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot answer a request",
    label = "the provider ends the request with this error",
    note = "[inject/provider] derive `Problem` for it, or implement `axum::response::IntoResponse`"
)]
pub trait Reject {
    /// The answer.
    fn reject(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<E: IntoResponse> Reject for E {
    fn reject(self) -> Response {
        self.into_response()
    }
}

/// Extractor of what a provider returns, made for this dependent alone: the provider runs, whatever the request has already.
///
/// ```
/// use inject_runtime::{Uncached, container, get, inject, routes, Routes};
///
/// #[derive(Clone)]
/// pub struct Ticket(u64);
///
/// #[inject]
/// pub fn draw() -> Ticket {
///     Ticket(4)
/// }
///
/// #[get("/", public)]
/// pub async fn two(first: Ticket, Uncached(second): Uncached<Ticket>) -> String {
///     format!("{} {}", first.0, second.0)
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     routes![two]
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Uncached<T>(pub T);

impl<C, T> FromRequestParts<Arc<C>> for Uncached<T>
where
    C: Container + Send + Sync,
    T: Provider<C> + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, container: &Arc<C>) -> Result<Self, Response> {
        T::provide::<<T::Strategy as Strategy<T>>::Uncached>(parts, container).await.map(Self)
    }
}

impl<T: Provided> Known for Uncached<T> {
    const SHAPE: Shape = Shape::Uncached(|| T::NODE);
}

impl<T> Deref for Uncached<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The time of one request. See [`Outlives`].
#[derive(Debug)]
pub struct OneRequest;

/// A bound that nothing satisfies: it words the error for a value of the request scope in a component that outlives the request.
///
/// It is a bound on [`OneRequest`] and not on `T`: where both the failed bound and the one it is needed for are about the same type,
/// rustc shows the message of the latter.
#[diagnostic::on_unimplemented(
    message = "captive dependency: `{T}` lives for one request, and cannot be held by a component of `{C}`, which outlives it",
    label = "this asks `{C}` for `{T}`",
    note = "[inject/captive] make the component that holds it request-scoped, as in `#[service(scope = request)]`; or pass `{T}` to the methods that need it",
    note = "in an endpoint, a provider or a request-scoped component, take `{T}` itself, without `Inject<..>`"
)]
pub trait Outlives<T, C> {}
