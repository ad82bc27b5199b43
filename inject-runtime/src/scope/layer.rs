//! Request scope around plain axum routes.

use std::{
    convert::Infallible,
    future::ready,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, response::Response};
use futures_util::FutureExt as _;
use tower_layer::Layer;
use tower_service::Service;

use super::{Completion, ScopeGuard, Tasks, panicked};
use crate::boxed::BoxFuture;

/// Layer that opens a request scope around plain axum routes.
///
/// Endpoints open their own scope, and plain routers that are [merged](crate::Routes::merge) into
/// [`Routes`](crate::Routes) get one. Any other plain route needs this layer if a handler extracts a
/// resource such as `Tx`, or [`BackgroundTasks`](crate::BackgroundTasks), or if two extractors share the
/// output of a provider.
///
/// ```
/// use axum::{Router, routing::post};
/// use inject_runtime::{BackgroundTasks, RequestScopeLayer, Tasks};
///
/// async fn sign_up(tasks: BackgroundTasks) {
///     tasks.add("welcome mail", async { /* .. */ });
/// }
///
/// let tasks = Tasks::default(); // or the tasks of the application: `routes.tasks()`
/// let router: Router = Router::new().route("/users", post(sign_up)).layer(RequestScopeLayer::new(tasks));
/// # let _ = router;
/// ```
#[derive(Clone, Debug)]
pub struct RequestScopeLayer {
    tasks: Tasks,
}

impl RequestScopeLayer {
    /// Creates a layer. Background tasks and late teardowns of its requests run on `tasks`, which shutdown
    /// drains.
    #[must_use]
    pub fn new(tasks: Tasks) -> Self {
        Self { tasks }
    }
}

impl<S> Layer<S> for RequestScopeLayer {
    type Service = RequestScopeService<S>;

    fn layer(&self, inner: S) -> RequestScopeService<S> {
        RequestScopeService { inner, tasks: self.tasks.clone() }
    }
}

/// Service created by [`RequestScopeLayer`].
#[derive(Clone, Debug)]
pub struct RequestScopeService<S> {
    inner: S,
    tasks: Tasks,
}

impl<S> Service<Request> for RequestScopeService<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let mut scope = ScopeGuard::new(None, self.tasks.clone(), Some(Arc::default()));
        scope.scope().enter(request.extensions_mut());
        // A service may panic before it returns its future.
        let response = match std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(future) => AssertUnwindSafe(future).catch_unwind().left_future(),
            Err(panic) => ready(Err(panic)).right_future(),
        };
        Box::pin(async move {
            let (response, completion) = match response.await {
                Ok(Ok(mut response)) => {
                    let completion = response.extensions_mut().remove().unwrap_or(Completion::Answered);
                    (response, completion)
                }
                Err(panic) => (panicked(&*panic), Completion::Panicked),
            };
            Ok(scope.finish(response, completion).await)
        })
    }
}
