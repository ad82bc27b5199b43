//! Tower service of an endpoint, and the request scope in which it runs.

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{extract::Request, http::Method, response::Response};
use tower_service::Service;

use super::{
    answer::{EndpointRequest, EndpointScope, catch_panic, run_guards},
    around::{AroundEntry, run_plain_within},
    attempts,
    endpoint::{CallEndpoint, Endpoint},
    guard::Guard,
    observe::Observation,
    tree::Mount,
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    endpoint_label::{EndpointLabel, Labeled},
    frame::{Completion, Frame, Overrides, Plan, RequestContext, Tasks, panicked},
    metadata::Ports,
    scope::Enclosing,
};

/// Context of routes: their guards, overrides and task tracker, and the ports of the container.
pub(super) struct RouteContext<C> {
    /// Guards, outermost first.
    pub(super) guards: Vec<Guard<C>>,
    /// Around functions, outermost first.
    pub(super) arounds: Vec<AroundEntry<C>>,
    pub(super) overrides: Option<Arc<Overrides>>,
    pub(super) ports: Ports,
    pub(super) tasks: Tasks,
}

impl<C> RouteContext<C> {
    /// Returns the context with the guards and the around functions of a mount added as inner ones.
    pub(super) fn at(&self, mount: &Mount<'_, C>) -> Self {
        let (mut guards, mut arounds) = (self.guards.clone(), self.arounds.clone());
        guards.extend(mount.guards.iter().copied().cloned());
        arounds.extend(mount.arounds.iter().copied());
        Self {
            guards,
            arounds,
            overrides: self.overrides.clone(),
            ports: self.ports.clone(),
            tasks: self.tasks.clone(),
        }
    }
}

/// Context of one endpoint.
pub(super) struct EndpointContext<C> {
    /// Guards, outermost first.
    pub(super) guards: Vec<Guard<C>>,
    /// Around functions, outermost first.
    pub(super) arounds: Vec<AroundEntry<C>>,
    /// `None` if the endpoint has no values to share or to close.
    pub(super) plan: Option<Arc<Plan>>,
}

/// Service of one endpoint.
///
/// All endpoints of a container have this type, so that the generic code of axum for a service is compiled once.
/// The type is not an axum `Handler`, because axum wraps a handler in a service that converts every body and
/// clones the state once more.
pub(super) struct EndpointService<C> {
    pub(super) call: CallEndpoint<C>,
    pub(super) container: Arc<C>,
    pub(super) label: Arc<EndpointLabel>,
    /// `None` if the endpoint has no values to share or to close, no guards, no around functions and no overrides.
    pub(super) context: Option<Arc<EndpointContext<C>>>,
}

impl<C> Clone for EndpointService<C> {
    fn clone(&self) -> Self {
        Self {
            call: self.call,
            container: Arc::clone(&self.container),
            label: Arc::clone(&self.label),
            context: self.context.clone(),
        }
    }
}

impl<C: SharedContainer> Service<Request> for EndpointService<C> {
    type Response = Response;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> EndpointFuture {
        let label = Some(Arc::clone(&self.label));
        let observation = Observation::begin(&label);
        Frame::leave(request.extensions_mut());
        let future = (self.call)(request, Arc::clone(&self.container), self.context.clone(), observation);
        EndpointFuture(Labeled::new(label, future))
    }
}

/// Future of an endpoint.
pub(super) struct EndpointFuture(Labeled<Response>);

impl Future for EndpointFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(ready!(Pin::new(&mut self.0).poll(cx))))
    }
}

/// Calls an endpoint. Only this function is compiled for each endpoint; the service around it is compiled once for each
/// container.
pub(super) fn call<E: Endpoint<C, M>, C: SharedContainer, M>(
    request: Request,
    container: Arc<C>,
    context: Option<Arc<EndpointContext<C>>>,
    observation: Option<Observation>,
) -> BoxFuture<'static, Response> {
    attempts::answer::<E, C, M>(EndpointRequest {
        request,
        container,
        scope: EndpointScope::OfRoutes(context),
        observation,
    })
}

/// Runs the guards and then plain handlers in a request scope.
pub(super) async fn run_plain<C, F>(
    context: Arc<EndpointContext<C>>,
    request: Request,
    container: Arc<C>,
    respond: impl FnOnce(Request) -> F + Send + 'static,
) -> Response
where
    C: Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let has_body = request.method() != Method::HEAD;
    let (mut parts, body) = request.into_parts();
    Frame::leave(&mut parts.extensions);
    let mut frame = Frame::new(context.plan.clone());
    let guarded = {
        let context_of_request =
            &mut RequestContext { parts: &mut parts, container: &container, frame: &mut frame };
        catch_panic(pin!(run_guards(&context.guards, context_of_request))).await
    };
    let refused = match guarded {
        Ok(Ok(())) => None,
        Ok(Err(rejection)) => Some((rejection.into_inner(), Completion::Rejected)),
        Err(panic) => Some((panicked(&*panic), Completion::Panicked)),
    };
    if let Some((mut response, completion)) = refused {
        frame.finish(&mut response, completion, has_body).await;
        return response;
    }
    if !context.arounds.is_empty() {
        let context_of_request =
            RequestContext { parts: &mut parts, container: &container, frame: &mut frame };
        let (mut response, completion) =
            Box::pin(run_plain_within(context_of_request, body, &context.arounds, respond)).await;
        frame.finish(&mut response, completion, has_body).await;
        return response;
    }
    let mut request = Request::from_parts(parts, body);
    let mut scope = Enclosing::lend(frame, &mut request);
    let (mut response, completion) = match catch_panic(pin!(async { respond(request).await })).await {
        Ok(response) => (response, None),
        Err(panic) => (panicked(&*panic), Some(Completion::Panicked)),
    };
    scope.finish(&mut response, completion).await;
    response
}
