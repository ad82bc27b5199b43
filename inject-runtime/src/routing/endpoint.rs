//! Endpoints: functions with `#[get]` or another route attribute.

use std::sync::Arc;

use axum::{extract::Request, response::Response};

use super::{
    answer::EndpointRequest,
    around::AroundEntry,
    observe::Observation,
    service::{EndpointContext, EndpointService, RouteContext, call},
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    frame::Plan,
    graph::Node,
    metadata::{EndpointSpec, TransactionSpec},
};

/// Metadata of an endpoint. It does not depend on the container.
pub trait EndpointMeta: 'static {
    /// Metadata of this endpoint.
    const SPEC: &'static EndpointSpec;

    /// Settings of the transactions.
    const TRANSACTION: &'static TransactionSpec = &TransactionSpec::NONE;
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

    /// Around functions of the endpoint itself, outermost first.
    const AROUNDS: &'static [AroundEntry<C>] = &[];

    /// Answers a request: an expansion calls `answer` with its types, its policy and its function.
    fn answer(request: EndpointRequest<C>) -> BoxFuture<'static, Response>;
}

/// Type-erased endpoint.
pub(super) struct Entry<C> {
    pub(super) spec: &'static EndpointSpec,
    pub(super) transaction: &'static TransactionSpec,
    pub(super) injected: &'static [Node],
    /// Around functions of the endpoint itself, outermost first.
    pub(super) arounds: Vec<AroundEntry<C>>,
    call: CallEndpoint<C>,
}

/// Function that answers a request to an endpoint.
pub(super) type CallEndpoint<C> =
    fn(Request, Arc<C>, Option<Arc<EndpointContext<C>>>, Option<Observation>) -> BoxFuture<'static, Response>;

impl<C: SharedContainer> Entry<C> {
    pub(super) fn of<E: Endpoint<C, M>, M>() -> Self {
        Self {
            spec: E::SPEC,
            transaction: E::TRANSACTION,
            injected: E::INJECTED,
            arounds: E::AROUNDS.to_vec(),
            call: call::<E, C, M>,
        }
    }

    /// Creates the service of the endpoint in `context`.
    pub(super) fn service(
        &self,
        context: RouteContext<C>,
        container: &Arc<C>,
        route: String,
    ) -> EndpointService<C> {
        let RouteContext { guards, mut arounds, overrides, ports, tasks } = context;
        arounds.extend(&self.arounds);
        let around_specs = arounds.iter().map(|around| around.spec);
        let usage = self.spec.usage_with(
            guards.iter().map(|guard| &guard.spec),
            around_specs,
            &ports,
            self.transaction,
        );
        let needs_scope = usage.needs_scope || overrides.is_some();
        let plan = needs_scope.then(|| Arc::new(Plan::new(&usage, overrides, tasks)));
        let has_context = plan.is_some() || !guards.is_empty() || !arounds.is_empty();
        let context = has_context.then(|| EndpointContext { guards, arounds, plan });
        EndpointService {
            call: self.call,
            container: Arc::clone(container),
            label: Arc::new(self.spec.label(route)),
            context: context.map(Arc::new),
        }
    }
}
