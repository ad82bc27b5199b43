//! The scope of one request: what is open, what is to be closed, and how it ends.

use std::{
    any::{Any, TypeId, type_name},
    collections::HashSet,
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http_body::{Frame, SizeHint};
use tracing::Span;

use super::{
    problem::{Causes, Problem},
    tasks::{Queued, Tasks},
    teardown::{Outcome, Teardown},
};
use crate::{
    injectable::{BoxError, BoxFuture},
    lifecycle::panic_message,
};

/// The scope of a request, in the extensions of the request.
#[derive(Clone)]
pub(crate) struct Scope(Arc<Inner>);

struct Inner {
    overrides: Option<Arc<Overrides>>,
    tasks: Tasks,
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code))] // transactions ask for it
    asked_for: Arc<HashSet<TypeId>>,
    open: Mutex<Open>,
}

/// What is to be done when the request ends.
#[derive(Default)]
struct Open {
    /// In the order in which they were opened.
    resources: Vec<Resource>,
    queued: Vec<Queued>,
    /// Once it is over: whether it was a success.
    ended: Option<bool>,
}

struct Resource {
    name: &'static str,
    until_body: bool,
    close: Box<dyn FnOnce(Outcome) -> BoxFuture<'static, Result<(), BoxError>> + Send>,
}

impl Scope {
    fn new(overrides: Option<Arc<Overrides>>, tasks: Tasks, asked_for: Arc<HashSet<TypeId>>) -> Self {
        Self(Arc::new(Inner { overrides, tasks, asked_for, open: Mutex::default() }))
    }

    /// The scope of a request that has ended, with a success.
    pub(super) fn over(tasks: Tasks) -> Self {
        let scope = Self::new(None, tasks, Arc::default());
        scope.lock().ended = Some(true);
        scope
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the endpoint asks for a `T`, now or later.
    #[cfg(feature = "sqlx")]
    pub(super) fn is_asked_for<T: 'static>(&self) -> bool {
        self.0.asked_for.contains(&TypeId::of::<T>())
    }

    /// The tasks of the application.
    #[cfg(feature = "sqlx")]
    pub(super) fn tasks(&self) -> Tasks {
        self.0.tasks.clone()
    }

    /// Closes `resource` when the request ends.
    pub(super) fn open<T: Teardown>(&self, resource: T, until_body: bool) {
        self.open_with::<T>(until_body, |outcome| {
            Box::pin(async move { resource.teardown(outcome).await.map_err(Into::into) })
        });
    }

    /// Calls `close` when the request ends, for a resource of type `T`.
    pub(super) fn open_with<T>(
        &self,
        until_body: bool,
        close: impl FnOnce(Outcome) -> BoxFuture<'static, Result<(), BoxError>> + Send + 'static,
    ) {
        let resource = Resource { name: type_name::<T>(), until_body, close: Box::new(close) };
        let mut open = self.lock();
        if open.ended.is_none() {
            open.resources.push(resource);
        } else {
            drop(open);
            // Opened behind the back of a request that is over.
            let late = Closing::of(vec![resource], Outcome::Cancelled);
            self.0.tasks.spawn("late teardown", async { _ = late.run().await });
        }
    }

    /// Runs `task` after the response, if there is one to be proud of.
    pub(super) fn queue(&self, task: Queued) {
        let mut open = self.lock();
        match open.ended {
            None => open.queued.push(task),
            Some(true) => {
                drop(open);
                task.start(&self.0.tasks);
            }
            Some(false) => {}
        }
    }

    /// What the provider of `T` is overridden with, for tests.
    #[inline]
    pub(super) fn overridden<T: 'static>(&self, parts: &Parts) -> Result<Option<T>, Response> {
        match &self.0.overrides {
            Some(overrides) => overrides.get(parts),
            None => Ok(None),
        }
    }
}

/// Providers that are replaced, for tests.
#[derive(Clone, Default)]
pub(super) struct Overrides(Vec<(TypeId, Arc<dyn Any + Send + Sync>)>);

/// Makes the value in place of a provider.
type Override<T> = Box<dyn Fn(&Parts) -> Result<T, Response> + Send + Sync>;

impl Overrides {
    pub(super) fn set<T: 'static>(
        &mut self,
        value: impl Fn(&Parts) -> Result<T, Response> + Send + Sync + 'static,
    ) {
        let value: Override<T> = Box::new(value);
        self.0.retain(|(id, _)| *id != TypeId::of::<T>());
        self.0.push((TypeId::of::<T>(), Arc::new(value)));
    }

    /// Adds those of `other` that are not overridden here.
    pub(super) fn merge(&mut self, other: Self) {
        for (id, value) in other.0 {
            if !self.0.iter().any(|(existing, _)| *existing == id) {
                self.0.push((id, value));
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get<T: 'static>(&self, parts: &Parts) -> Result<Option<T>, Response> {
        let found = self.0.iter().find(|(id, _)| *id == TypeId::of::<T>());
        match found.and_then(|(_, value)| value.downcast_ref::<Override<T>>()) {
            Some(value) => value(parts).map(Some),
            None => Ok(None),
        }
    }
}

/// How the part of a request that ran under a scope came to its response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Answered,
    Rejected,
    Panicked,
}

impl End {
    fn outcome(self, status: StatusCode) -> Outcome {
        match self {
            Self::Panicked => Outcome::Panic,
            Self::Rejected => Outcome::Rejection(status),
            Self::Answered if status.as_u16() >= 400 => Outcome::Failure(status),
            Self::Answered => Outcome::Success,
        }
    }
}

/// The owner of a scope: closes it, also when it is dropped half-way.
pub(super) struct Unit {
    scope: Scope,
    /// That of the request, in which its end is logged also when nobody polls it any more.
    span: Span,
    closing: Option<BoxFuture<'static, Closed>>,
}

impl Unit {
    pub(super) fn new(
        overrides: Option<Arc<Overrides>>,
        tasks: Tasks,
        asked_for: Arc<HashSet<TypeId>>,
    ) -> Self {
        Self { scope: Scope::new(overrides, tasks, asked_for), span: Span::current(), closing: None }
    }

    pub(super) fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// Closes what is open, and makes the response tell the truth about it.
    pub(super) async fn finish(&mut self, response: Response, end: End) -> Response {
        let outcome = end.outcome(response.status());
        let (until_body, now): (Vec<_>, Vec<_>) = {
            let mut open = self.scope.lock();
            // What fails is closed at once: there is no body of a success to wait for.
            open.resources.drain(..).partition(|it| it.until_body && outcome.is_success())
        };
        if now.is_empty() && until_body.is_empty() {
            let queued = self.end(outcome.is_success());
            return after(response, self.scope.0.tasks.clone(), Vec::new(), queued);
        }
        let closed = if now.is_empty() {
            Closed { outcome, failed: false }
        } else {
            // Kept in `self`: if this future is dropped in the middle of a commit, the commit goes on elsewhere.
            let closing = self.closing.insert(Box::pin(Closing::of(now, outcome).run()));
            let closed = poll_fn(|cx| closing.poll_unpin(cx)).await;
            self.closing = None;
            closed
        };
        let queued = self.end(closed.outcome.is_success());
        if closed.failed && outcome.is_success() {
            let late = Closing::of(until_body, closed.outcome);
            self.scope.0.tasks.spawn("teardown", async { _ = late.run().await });
            return Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        after(response, self.scope.0.tasks.clone(), until_body, queued)
    }

    /// Notes that the request is over; what comes later is on its own.
    fn end(&self, success: bool) -> Vec<Queued> {
        self.scope.end(success)
    }
}

impl Scope {
    fn end(&self, success: bool) -> Vec<Queued> {
        let mut open = self.lock();
        open.ended = Some(success);
        let queued = std::mem::take(&mut open.queued);
        if success { queued } else { Vec::new() }
    }
}

/// The request was given up: the client is gone, or a layer has lost patience.
impl Drop for Unit {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        let tasks = self.scope.0.tasks.clone();
        if let Some(closing) = self.closing.take() {
            let scope = self.scope.clone();
            tasks.clone().spawn("teardown of a request whose client is gone", async move {
                let closed = closing.await;
                for task in scope.end(closed.outcome.is_success()) {
                    task.start(&tasks);
                }
            });
            return;
        }
        let resources = {
            let mut open = self.scope.lock();
            if open.ended.is_some() {
                return;
            }
            open.ended = Some(false);
            open.queued.clear();
            std::mem::take(&mut open.resources)
        };
        if !resources.is_empty() {
            let closing = Closing::of(resources, Outcome::Cancelled);
            tasks.spawn("teardown of a request that was given up", async { _ = closing.run().await });
        }
    }
}

/// Resources on their way out.
struct Closing {
    resources: Vec<Resource>,
    outcome: Outcome,
}

/// How it went.
struct Closed {
    /// What the resource that was closed last would have been told.
    outcome: Outcome,
    failed: bool,
}

impl Closing {
    fn of(resources: Vec<Resource>, outcome: Outcome) -> Self {
        Self { resources, outcome }
    }

    /// Closes every resource, last first. A failure is logged, and is a failure for those further out.
    async fn run(self) -> Closed {
        let mut closed = Closed { outcome: self.outcome, failed: false };
        for Resource { name, close, .. } in self.resources.into_iter().rev() {
            let outcome = closed.outcome;
            let done = AssertUnwindSafe(async move { close(outcome).await }).catch_unwind().await;
            match done {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => {
                    tracing::error!(resource = name, error = %Causes(&*error), ?outcome, "teardown failed");
                }
                Err(panic) => {
                    tracing::error!(
                        resource = name,
                        panic = panic_message(&*panic),
                        ?outcome,
                        "teardown panicked"
                    );
                }
            }
            closed.failed = true;
            if closed.outcome.is_success() {
                closed.outcome = Outcome::Failure(StatusCode::INTERNAL_SERVER_ERROR);
            }
        }
        closed
    }
}

/// `response`, with what is to be done after its body.
fn after(response: Response, tasks: Tasks, resources: Vec<Resource>, queued: Vec<Queued>) -> Response {
    if resources.is_empty() && queued.is_empty() {
        return response;
    }
    response.map(|body| {
        let rest = Rest::Open { resources, queued };
        Body::new(ScopedBody { body, span: Span::current(), tasks, rest })
    })
}

/// A body that closes what is left of a scope when it ends.
struct ScopedBody {
    body: Body,
    span: Span,
    tasks: Tasks,
    rest: Rest,
}

enum Rest {
    Open { resources: Vec<Resource>, queued: Vec<Queued> },
    Closing(BoxFuture<'static, Closed>, Vec<Queued>),
    Done,
}

impl ScopedBody {
    /// Starts to close, with `outcome`.
    fn close(&mut self, outcome: Outcome) {
        if let Rest::Open { resources, queued } = std::mem::replace(&mut self.rest, Rest::Done) {
            if resources.is_empty() {
                self.start(queued);
            } else {
                self.rest = Rest::Closing(Box::pin(Closing::of(resources, outcome).run()), queued);
            }
        }
    }

    fn start(&self, queued: Vec<Queued>) {
        let _entered = self.span.enter();
        for task in queued {
            task.start(&self.tasks);
        }
    }
}

impl HttpBody for ScopedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Rest::Open { .. } = this.rest {
            match ready!(pin!(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => return Poll::Ready(Some(Ok(frame))),
                Some(Err(error)) => {
                    this.close(Outcome::Failure(StatusCode::INTERNAL_SERVER_ERROR));
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.close(Outcome::Success),
            }
        }
        if let Rest::Closing(closing, _) = &mut this.rest {
            let closed = ready!(closing.poll_unpin(cx));
            if let Rest::Closing(_, queued) = std::mem::replace(&mut this.rest, Rest::Done) {
                this.start(queued);
            }
            if closed.failed {
                // The head is gone; what is left is to break off, so that the client does not take it for a success.
                return Poll::Ready(Some(Err(axum::Error::new("a resource of the response failed"))));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        match &self.rest {
            Rest::Open { resources, .. } => resources.is_empty() && self.body.is_end_stream(),
            Rest::Closing(..) => false,
            Rest::Done => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ScopedBody {
    fn drop(&mut self) {
        let span = self.span.clone();
        let _entered = span.enter();
        // A body of known length is not asked for its end; one that breaks off is not at its end.
        self.close(if self.body.is_end_stream() { Outcome::Success } else { Outcome::Cancelled });
        if let Rest::Closing(closing, queued) = std::mem::replace(&mut self.rest, Rest::Done) {
            let tasks = self.tasks.clone();
            self.tasks.spawn("end of a response", async move {
                closing.await;
                for task in queued {
                    task.start(&tasks);
                }
            });
        }
    }
}

/// Opens a request scope around plain axum routes: `axum::middleware::from_fn_with_state(routes.tasks(), request_scope)`.
///
/// Endpoints open a scope of their own, and plain routers that are [merged](crate::Routes::merge) into [`Routes`](crate::Routes) have
/// this middleware around them. Any other plain route needs it where a handler takes a resource such as `Tx`, or
/// [`BackgroundTasks`](crate::BackgroundTasks), or where two extractors are to share what a provider returns.
pub async fn request_scope(State(tasks): State<Tasks>, mut request: Request, next: Next) -> Response {
    let mut unit = Unit::new(None, tasks, Arc::default());
    request.extensions_mut().insert(unit.scope());
    let (response, end) = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => (response, End::Answered),
        Err(panic) => (panicked(&*panic), End::Panicked),
    };
    unit.finish(response, end).await
}

/// The answer to a request that panicked.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> Response {
    tracing::error!(panic = panic_message(panic), "a request panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// The answer where `T` is asked for outside of a request scope.
pub(super) fn outside_of_scope<T>() -> Response {
    tracing::error!(
        "`{}` lives in a request scope, and there is none: endpoints open one; around plain axum routes, put `inject_runtime::request_scope`",
        type_name::<T>(),
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
