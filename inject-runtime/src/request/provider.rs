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
}

/// A provider in an application with container `C`.
pub trait Provider<C: Container>: Provided {
    /// Runs it, unless `strategy` has the value already.
    ///
    /// All that there is to wait for is in this one future. One around it for the cache would be one more for each level of dependencies, and
    /// rustc looks no deeper into futures than its recursion limit.
    fn provide(
        parts: &mut Parts,
        container: &Arc<C>,
        strategy: Strategy<Self>,
    ) -> impl Future<Output = Result<Self, Response>> + Send;
}

/// What is done before a provider runs, and after.
pub struct Strategy<T> {
    before: fn(&mut Parts, Lease) -> Result<Before<T>, Response>,
    after: fn(&mut Parts, T, Lease, bool) -> T,
    lease: Lease,
}

/// Whether a provider has to run.
pub enum Before<T> {
    /// It has not: here is the value.
    Found(T),
    /// It has; and whether others will ask for the value.
    Missing(bool),
}

impl<T> Strategy<T> {
    /// The value, if it is there already.
    ///
    /// # Errors
    ///
    /// The response that ends the request.
    #[inline]
    pub fn before(&self, parts: &mut Parts) -> Result<Before<T>, Response> {
        (self.before)(parts, self.lease)
    }

    /// Takes note of a value that was provided.
    #[inline]
    pub fn after(&self, parts: &mut Parts, value: T, shared: bool) -> T {
        (self.after)(parts, value, self.lease, shared)
    }
}

/// How the output of a provider that is cached is come by.
pub trait Cached<C>: Sized {
    /// The value that the request has already, or a new one.
    fn resolve(parts: &mut Parts, container: &Arc<C>) -> impl Future<Output = Result<Self, Response>> + Send;
}

impl<C, T> Cached<C> for T
where
    C: Container + Send + Sync,
    T: Provider<C> + Clone + Send + Sync,
{
    fn resolve(parts: &mut Parts, container: &Arc<C>) -> impl Future<Output = Result<Self, Response>> + Send {
        let strategy = Strategy {
            before: |parts, _| {
                // Without a scope nobody else asks: an endpoint opens one where a value is shared.
                let shared = is_shared(parts);
                if shared && let Some(found) = found(parts)? {
                    return Ok(Before::Found(found));
                }
                Ok(Before::Missing(shared))
            },
            after: |parts, value, _, shared| {
                if shared {
                    keep(parts, &value);
                }
                value
            },
            lease: Lease::NONE,
        };
        T::provide(parts, container, strategy)
    }
}

/// How a value is come by that is made for each dependent.
pub trait Uncached<C>: Sized {
    /// A new value.
    fn resolve(parts: &mut Parts, container: &Arc<C>) -> impl Future<Output = Result<Self, Response>> + Send;
}

impl<C, T> Uncached<C> for T
where
    C: Container + Send + Sync,
    T: Provider<C> + Send,
{
    fn resolve(parts: &mut Parts, container: &Arc<C>) -> impl Future<Output = Result<Self, Response>> + Send {
        let strategy = Strategy {
            before: |parts, _| {
                let found: Option<T> = overridden(parts)?;
                Ok(found.map_or(Before::Missing(false), Before::Found))
            },
            after: |_, value, _, _| value,
            lease: Lease::NONE,
        };
        T::provide(parts, container, strategy)
    }
}

/// How a value is come by that is torn down when the request ends.
pub trait Resource<C>: Sized {
    /// The value that the request has already, or a new one, which the scope closes.
    fn resolve(
        parts: &mut Parts,
        container: &Arc<C>,
        lease: Lease,
    ) -> impl Future<Output = Result<Self, Response>> + Send;
}

/// How long a resource is open, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// One for the request, or one for each dependent.
    pub is_cached: bool,
    /// `until = body`: the resource outlives the head of the response.
    pub until_body: bool,
}

impl Lease {
    /// Of what is no resource.
    const NONE: Self = Self { is_cached: false, until_body: false };
}

impl<C, T> Resource<C> for T
where
    C: Container + Send + Sync,
    T: Provider<C> + Teardown + Clone + Send + Sync,
{
    fn resolve(
        parts: &mut Parts,
        container: &Arc<C>,
        lease: Lease,
    ) -> impl Future<Output = Result<Self, Response>> + Send {
        let strategy = Strategy {
            before: |parts, lease| {
                if !is_shared(parts) {
                    return Err(outside_of_scope::<T>());
                }
                let found: Option<T> = if lease.is_cached { found(parts)? } else { overridden(parts)? };
                Ok(found.map_or(Before::Missing(lease.is_cached), Before::Found))
            },
            after: |parts, value, lease, shared| {
                if let Some(scope) = parts.extensions.get::<Scope>() {
                    scope.open(value.clone(), lease.until_body);
                }
                if shared {
                    keep(parts, &value);
                }
                value
            },
            lease,
        };
        T::provide(parts, container, strategy)
    }
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
/// use inject_runtime::{Fresh, container, get, inject, routes, Routes};
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
/// pub async fn two(first: Ticket, Fresh(second): Fresh<Ticket>) -> String {
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
pub struct Fresh<T>(pub T);

impl<C, T> FromRequestParts<Arc<C>> for Fresh<T>
where
    C: Container + Send + Sync,
    T: Provider<C> + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, container: &Arc<C>) -> Result<Self, Response> {
        <T as Uncached<C>>::resolve(parts, container).await.map(Self)
    }
}

impl<T: Provided> Known for Fresh<T> {
    const SHAPE: Shape = Shape::Fresh(T::NODE);
}

impl<T> Deref for Fresh<T> {
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
