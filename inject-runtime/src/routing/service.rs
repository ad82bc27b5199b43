//! Tower service of an endpoint, and the request scope in which it runs.

use std::{
    any::TypeId,
    collections::HashSet,
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{extract::Request, http::request::Parts, response::Response};
use futures_util::FutureExt as _;
use tower_service::Service;

use super::{
    endpoint::{CallEndpoint, ResponseFuture},
    guard::Guard,
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    scope::{Completion, Overrides, Scope, ScopeGuard, Tasks, panicked},
};

/// Context of an endpoint: guards, overrides and task tracker of its routes.
pub(super) struct RouteContext<C> {
    /// Guards, outermost first.
    pub(super) guards: Vec<Guard<C>>,
    pub(super) overrides: Option<Arc<Overrides>>,
    pub(super) tasks: Tasks,
    /// Types of the request-scoped values that the endpoint uses. Empty for a plain handler, because its
    /// extractors are unknown.
    pub(super) requested_types: Arc<HashSet<TypeId>>,
}

impl<C> RouteContext<C> {
    /// Returns the context with `guards` added as inner guards.
    pub(super) fn with_guards(&self, guards: &[&Guard<C>]) -> Self {
        let mut context = self.clone();
        context.guards.extend(guards.iter().copied().cloned());
        context
    }
}

impl<C> Clone for RouteContext<C> {
    fn clone(&self) -> Self {
        Self {
            guards: self.guards.clone(),
            overrides: self.overrides.clone(),
            tasks: self.tasks.clone(),
            requested_types: Arc::clone(&self.requested_types),
        }
    }
}

/// Service of one endpoint.
///
/// All endpoints of a container have this type, so that the generic code of axum for a service is compiled once.
/// The type is not an axum `Handler`, because axum wraps a handler in a service that converts every body and
/// clones the state once more.
pub(super) struct EndpointService<C> {
    pub(super) call: CallEndpoint<C>,
    pub(super) container: Arc<C>,
    /// `None` if the endpoint has no values to share or to close, no guards and no overrides.
    pub(super) context: Option<Arc<RouteContext<C>>>,
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
        let (call, container) = (self.call, Arc::clone(&self.container));
        match &self.context {
            None => {
                let mut request = request;
                Scope::leave(request.extensions_mut());
                EndpointFuture::Bare(call(request, container))
            }
            Some(context) => {
                let respond = move |request, container| poll_endpoint(call(request, container));
                EndpointFuture::Scoped(Box::pin(run_in_scope(
                    Arc::clone(context),
                    request,
                    container,
                    respond,
                )))
            }
        }
    }
}

/// Future of an endpoint, with or without a request scope.
pub(super) enum EndpointFuture {
    Bare(ResponseFuture),
    Scoped(BoxFuture<'static, Response>),
}

impl Future for EndpointFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut *self {
            Self::Bare(future) => ready!(poll_catching_panic(future, cx)).0,
            Self::Scoped(scoped) => ready!(scoped.as_mut().poll(cx)),
        };
        Poll::Ready(Ok(response))
    }
}

/// Returns the future of an endpoint in a request scope.
pub(super) fn poll_endpoint(future: ResponseFuture) -> ScopedEndpointFuture {
    ScopedEndpointFuture { future }
}

/// Future of an endpoint in a request scope. After a rejection or a panic, the response carries the [`Completion`]
/// as an extension, which the scope reads.
pub(super) struct ScopedEndpointFuture {
    future: ResponseFuture,
}

impl Future for ScopedEndpointFuture {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let (response, completion) = ready!(poll_catching_panic(&mut self.future, cx));
        Poll::Ready(match completion {
            Completion::Answered => response,
            _ => with_completion(response, completion),
        })
    }
}

fn with_completion(mut response: Response, completion: Completion) -> Response {
    response.extensions_mut().insert(completion);
    response
}

/// Polls an endpoint. A panic becomes a response with status 500.
#[inline]
fn poll_catching_panic(future: &mut ResponseFuture, cx: &mut Context<'_>) -> Poll<(Response, Completion)> {
    // Assigned in the closure: a return value would be moved several times.
    let mut polled = Poll::Pending;
    match catch_unwind(AssertUnwindSafe(|| polled = future.as_mut().poll(cx))) {
        Ok(()) => match ready!(polled) {
            Ok(response) => Poll::Ready((response, Completion::Answered)),
            Err(response) => Poll::Ready((response, Completion::Rejected)),
        },
        Err(panic) => Poll::Ready((panicked(&*panic), Completion::Panicked)),
    }
}

/// Runs the guards and then `respond` in a request scope.
pub(super) async fn run_in_scope<C, F>(
    context: Arc<RouteContext<C>>,
    request: Request,
    container: Arc<C>,
    respond: impl FnOnce(Request, Arc<C>) -> F + Send,
) -> Response
where
    C: Send + Sync,
    F: Future<Output = Response> + Send,
{
    // Declared first, so that it is dropped last.
    let mut scope = ScopeGuard::new(
        context.overrides.clone(),
        context.tasks.clone(),
        Some(Arc::clone(&context.requested_types)),
    );
    let (mut parts, body) = request.into_parts();
    scope.scope().enter(&mut parts.extensions);
    let mut response = match run_guards(&context.guards, &mut parts, &container).await {
        Ok(()) => respond(Request::from_parts(parts, body), container).await,
        Err(rejection) => rejection,
    };
    let completion = response.extensions_mut().remove::<Completion>().unwrap_or(Completion::Answered);
    scope.finish(response, completion).await
}

async fn run_guards<C>(guards: &[Guard<C>], parts: &mut Parts, container: &Arc<C>) -> Result<(), Response> {
    for guard in guards {
        match AssertUnwindSafe((guard.check)(parts, container)).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(response)) => return Err(with_completion(response, Completion::Rejected)),
            Err(panic) => return Err(with_completion(panicked(&*panic), Completion::Panicked)),
        }
    }
    Ok(())
}
