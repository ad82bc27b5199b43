//! Request scope around plain axum routes.

use std::{
    convert::Infallible,
    fmt,
    future::ready,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, http::Method, response::Response};
use futures_util::FutureExt as _;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    boxed::BoxFuture,
    frame::{Completion, Frame, OwnedLoan, Plan, Tasks, panicked},
};

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
#[derive(Clone)]
pub struct RequestScopeLayer {
    plan: Arc<Plan>,
}

impl RequestScopeLayer {
    /// Creates a layer. Background tasks and late teardowns of its requests run on `tasks`, which shutdown
    /// drains.
    #[must_use]
    pub fn new(tasks: Tasks) -> Self {
        Self { plan: Arc::new(Plan::of_plain_handlers(None, tasks)) }
    }
}

impl fmt::Debug for RequestScopeLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestScopeLayer").finish_non_exhaustive()
    }
}

impl<S> Layer<S> for RequestScopeLayer {
    type Service = RequestScopeService<S>;

    fn layer(&self, inner: S) -> RequestScopeService<S> {
        RequestScopeService { inner, plan: Arc::clone(&self.plan) }
    }
}

/// Service created by [`RequestScopeLayer`].
#[derive(Clone)]
pub struct RequestScopeService<S> {
    inner: S,
    plan: Arc<Plan>,
}

impl<S: fmt::Debug> fmt::Debug for RequestScopeService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestScopeService").field("inner", &self.inner).finish_non_exhaustive()
    }
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
        let mut scope = Enclosing::lend(Frame::new(Some(Arc::clone(&self.plan))), &mut request);
        // A service may panic before it returns its future.
        let response = match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(future) => AssertUnwindSafe(future).catch_unwind().left_future(),
            Err(panic) => ready(Err(panic)).right_future(),
        };
        Box::pin(async move {
            let (mut response, completion) = match response.await {
                Ok(Ok(response)) => (response, None),
                Err(panic) => (panicked(&*panic), Some(Completion::Panicked)),
            };
            scope.finish(&mut response, completion).await;
            Ok(response)
        })
    }
}

/// Scope around plain handlers, whose extractors borrow the frame from the request.
pub(crate) struct Enclosing {
    loan: OwnedLoan,
    has_body: bool,
}

impl Enclosing {
    pub(crate) fn lend(frame: Frame, request: &mut Request) -> Self {
        let has_body = request.method() != Method::HEAD;
        Self { loan: frame.lend_to(request.extensions_mut()), has_body }
    }

    /// Ends the loan.
    pub(crate) fn give_back(&mut self) -> Frame {
        mem::take(self.loan.end())
    }

    /// Ends the scope. The response of an endpoint inside says how the endpoint was completed.
    pub(crate) async fn finish(&mut self, response: &mut Response, completion: Option<Completion>) {
        let inner = response.extensions_mut().remove::<Completion>();
        let completion = completion.or(inner).unwrap_or(Completion::Answered);
        self.loan.end().finish(response, completion, self.has_body).await;
    }
}
