//! Tower service of an endpoint, and the request scope in which it runs.

use std::{
    convert::Infallible,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::Body,
    extract::Request,
    http::{Method, request::Parts},
    response::Response,
};
use tower_service::Service;

use super::{
    around::{AroundEntry, run_plain_within, run_within},
    endpoint::{CallEndpoint, Endpoint},
    extraction::EndpointRequest,
    guard::Guard,
    tree::Mount,
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    frame::{Completion, Frame, Overrides, Plan, Provision, RequestContext, Tasks, panicked},
    scope::Enclosing,
};

/// Context of routes: their guards, overrides and task tracker.
pub(super) struct RouteContext<C> {
    /// Guards, outermost first.
    pub(super) guards: Vec<Guard<C>>,
    /// Around functions, outermost first.
    pub(super) arounds: Vec<AroundEntry<C>>,
    pub(super) overrides: Option<Arc<Overrides>>,
    pub(super) tasks: Tasks,
}

impl<C> RouteContext<C> {
    /// Returns the context with the guards and the around functions of a mount added as inner ones.
    pub(super) fn at(&self, mount: &Mount<'_, C>) -> Self {
        let (mut guards, mut arounds) = (self.guards.clone(), self.arounds.clone());
        guards.extend(mount.guards.iter().copied().cloned());
        arounds.extend(mount.arounds.iter().copied());
        Self { guards, arounds, overrides: self.overrides.clone(), tasks: self.tasks.clone() }
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
    /// `None` if the endpoint has no values to share or to close, no guards, no around functions and no overrides.
    pub(super) context: Option<Arc<EndpointContext<C>>>,
}

impl<C> Clone for EndpointService<C> {
    fn clone(&self) -> Self {
        Self { call: self.call, container: Arc::clone(&self.container), context: self.context.clone() }
    }
}

impl<C: SharedContainer> Service<Request> for EndpointService<C> {
    type Response = Response;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> EndpointFuture {
        EndpointFuture((self.call)(request, Arc::clone(&self.container), self.context.clone()))
    }
}

/// Future of an endpoint.
pub(super) struct EndpointFuture(BoxFuture<'static, Response>);

impl Future for EndpointFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(ready!(self.0.as_mut().poll(cx))))
    }
}

/// Calls an endpoint and boxes its future. Only this function is compiled for each endpoint; the service around
/// it is compiled once for each container.
pub(super) fn call_boxed<E: Endpoint<C, M>, C: SharedContainer, M>(
    request: Request,
    container: Arc<C>,
    context: Option<Arc<EndpointContext<C>>>,
) -> BoxFuture<'static, Response> {
    let (mut parts, mut body) = request.into_parts();
    Frame::leave(&mut parts.extensions);
    Box::pin(async move {
        let context = context.as_deref();
        let has_body = parts.method != Method::HEAD;
        // Declared first, so that it is dropped last.
        let mut frame = Frame::new(context.and_then(|context| context.plan.clone()));
        let guards = context.map_or(&[][..], |context| &context.guards);
        let arounds = context.map_or(&[][..], |context| &context.arounds);
        let (response, completion) =
            run_endpoint::<E, C, M>(&mut parts, &mut body, &container, &mut frame, guards, arounds).await;
        frame.finish(response, completion, has_body).await
    })
}

/// Runs the guards and the endpoint. A panic becomes a response with status 500.
pub(super) async fn run_endpoint<E: Endpoint<C, M>, C: SharedContainer, M>(
    parts: &mut Parts,
    body: &mut Body,
    container: &Arc<C>,
    frame: &mut Frame,
    guards: &[Guard<C>],
    arounds: &[AroundEntry<C>],
) -> (Response, Completion) {
    if !arounds.is_empty() {
        let request = EndpointRequest { parts, body, container, frame, gate: None };
        // Boxed, so that the future of an endpoint without around functions is small.
        return Box::pin(run_within(request, guards, arounds, start::<E, C, M>)).await;
    }
    let responding = pin!(async move {
        if !guards.is_empty() {
            run_guards(guards, &mut RequestContext { parts, container, frame }).await?;
        }
        let (parameters, last) =
            E::extract(EndpointRequest { parts, body, container, frame, gate: None }).await?;
        Ok(E::call(container, parameters, last).await)
    });
    match catch_panic(responding).await {
        Ok(response) => (response, Completion::Answered),
        Err(ended) => ended,
    }
}

/// Starts an endpoint that is inside of around functions.
fn start<E: Endpoint<C, M>, C: SharedContainer, M>(
    request: EndpointRequest<'_, C>,
) -> BoxFuture<'_, Provision<Response>> {
    let container = request.container;
    Box::pin(async move {
        let (parameters, last) = E::extract(request).await?;
        Ok(E::call(container, parameters, last).await)
    })
}

/// Awaits a future. A panic becomes a response with status 500.
pub(super) async fn catch_panic<T>(
    mut future: Pin<&mut (impl Future<Output = Provision<T>> + Send)>,
) -> Result<T, (Response, Completion)> {
    poll_fn(|cx| {
        // Assigned in the closure: a return value would be moved several times.
        let mut polled = Poll::Pending;
        match catch_unwind(AssertUnwindSafe(|| polled = future.as_mut().poll(cx))) {
            Ok(()) => Poll::Ready(match ready!(polled) {
                Ok(value) => Ok(value),
                Err(rejection) => Err((rejection.into_inner(), Completion::Rejected)),
            }),
            Err(panic) => Poll::Ready(Err((panicked(&*panic), Completion::Panicked))),
        }
    })
    .await
}

pub(super) async fn run_guards<C: Send + Sync>(
    guards: &[Guard<C>],
    context: &mut RequestContext<'_, C>,
) -> Provision<()> {
    for guard in guards {
        (guard.check)(context).await?;
    }
    Ok(())
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
    if let Err((response, completion)) = guarded {
        return frame.finish(response, completion, has_body).await;
    }
    if !context.arounds.is_empty() {
        let context_of_request =
            RequestContext { parts: &mut parts, container: &container, frame: &mut frame };
        let (response, completion) =
            Box::pin(run_plain_within(context_of_request, body, &context.arounds, respond)).await;
        return frame.finish(response, completion, has_body).await;
    }
    let mut request = Request::from_parts(parts, body);
    let mut scope = Enclosing::lend(frame, &mut request);
    match catch_panic(pin!(async { Ok(respond(request).await) })).await {
        Ok(response) => scope.finish(response, None).await,
        Err((response, completion)) => scope.finish(response, Some(completion)).await,
    }
}
