//! Endpoints: functions with `#[get]` or another route attribute.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::Request,
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::service::{EndpointService, RouteContext};
use crate::{boxed::BoxFuture, container::SharedContainer, graph::Node, metadata::EndpointSpec};

/// Metadata of an endpoint. It does not depend on the container.
pub trait EndpointMeta: 'static {
    /// Metadata of this endpoint.
    const SPEC: &'static EndpointSpec;
}

/// Endpoint of an application with container `C`.
///
/// `M` is axum's marker of the last parameter: it distinguishes a parameter that reads the body from a
/// parameter that reads the parts of a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an endpoint",
    label = "expected an async function under `#[get]`, `#[post]` or another route attribute",
    note = "[inject/endpoint] `routes![..]` takes endpoints by name; plain axum routes are merged: `routes![..].merge(Router::new().route(..))`"
)]
pub trait Endpoint<C: SharedContainer, M>: EndpointMeta {
    /// Components that the function takes from the container.
    const INJECTED: &'static [Node];

    /// Runs the guard, extracts the parameters and calls the function. `Err` is the response of the guard or
    /// extractor that rejected the request.
    fn respond(
        parts: Parts,
        body: Body,
        container: Arc<C>,
    ) -> impl Future<Output = Result<Response, Response>> + Send + 'static;
}

/// Converts the return value of an endpoint to a response. The response is `Ok` for every status, because a
/// response of the function is not a rejection.
///
/// # Errors
///
/// None: the result is always `Ok`.
#[inline]
pub fn ok_response(value: impl IntoResponse) -> Result<Response, Response> {
    Ok(value.into_response())
}

/// Type-erased endpoint.
pub(super) struct Entry<C> {
    pub(super) spec: &'static EndpointSpec,
    pub(super) injected: &'static [Node],
    call: CallEndpoint<C>,
}

/// Function pointer to [`Endpoint::respond`] with a boxed future.
pub(super) type CallEndpoint<C> = fn(Request, Arc<C>) -> ResponseFuture;

/// Future of a response. `Err` is the response of a guard or extractor that rejected the request.
pub(super) type ResponseFuture = BoxFuture<'static, Result<Response, Response>>;

impl<C: SharedContainer> Entry<C> {
    pub(super) fn of<E: Endpoint<C, M>, M>() -> Self {
        Self { spec: E::SPEC, injected: E::INJECTED, call: call_boxed::<E, C, M> }
    }

    /// Creates the service of the endpoint in `context`.
    pub(super) fn service(&self, context: &RouteContext<C>, container: &Arc<C>) -> EndpointService<C> {
        let usage = self.spec.scope_usage();
        let needs_scope = usage.needs_scope || !context.guards.is_empty() || context.overrides.is_some();
        EndpointService {
            call: self.call,
            container: Arc::clone(container),
            context: needs_scope.then(|| {
                let requested_types = Arc::clone(&usage.requested_types);
                Arc::new(RouteContext { requested_types, ..context.clone() })
            }),
        }
    }
}

/// Calls an endpoint and boxes its future. Only this function is compiled for each endpoint; the service around
/// it is compiled once for each container.
pub(super) fn call_boxed<E: Endpoint<C, M>, C: SharedContainer, M>(
    request: Request,
    container: Arc<C>,
) -> ResponseFuture {
    let (parts, body) = request.into_parts();
    Box::pin(E::respond(parts, body, container))
}
