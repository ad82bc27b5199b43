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
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http_body::{Frame, SizeHint};
use tracing::{Instrument as _, Span};

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
    asked_for: Option<Arc<HashSet<TypeId>>>,
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
    fn new(overrides: Option<Arc<Overrides>>, tasks: Tasks, asked_for: Option<Arc<HashSet<TypeId>>>) -> Self {
        Self(Arc::new(Inner { overrides, tasks, asked_for, open: Mutex::default() }))
    }

    /// The scope of a request that has ended, with a success.
    pub(super) fn over(tasks: Tasks) -> Self {
        let scope = Self::new(None, tasks, None);
        scope.lock().ended = Some(true);
        scope
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the endpoint asks for a `T`, now or later; it may, where nobody knows what is asked for.
    #[cfg(feature = "sqlx")]
    pub(super) fn is_asked_for<T: 'static>(&self) -> bool {
        self.0.asked_for.as_ref().is_none_or(|it| it.contains(&TypeId::of::<T>()))
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

    /// Calls `teardown` when the request ends, for a resource of type `T`.
    pub(super) fn open_with<T>(
        &self,
        until_body: bool,
        teardown: impl FnOnce(Outcome) -> BoxFuture<'static, Result<(), BoxError>> + Send + 'static,
    ) {
        let resource = Resource { name: type_name::<T>(), until_body, close: Box::new(teardown) };
        let mut open = self.lock();
        if open.ended.is_none() {
            open.resources.push(resource);
        } else {
            drop(open);
            // Opened behind the back of a request that is over.
            let late = close(vec![resource], Outcome::Cancelled);
            self.0.tasks.spawn("late teardown", async { _ = late.await });
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
        asked_for: Option<Arc<HashSet<TypeId>>>,
    ) -> Self {
        Self { scope: Scope::new(overrides, tasks, asked_for), span: Span::current(), closing: None }
    }

    pub(super) fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// Closes what is open, and makes the response tell the truth about it.
    pub(super) async fn finish(&mut self, response: Response, end: End) -> Response {
        let outcome = end.outcome(response.status());
        // What fails is closed at once: there is no body of a success to wait for. What waits for a body stays in the scope, in case that
        // this future is dropped before there is one.
        let now: Vec<_> = {
            let is_over = |it: &mut Resource| !(it.until_body && outcome.is_success());
            self.scope.lock().resources.extract_if(.., is_over).collect()
        };
        let closed = if now.is_empty() {
            Closed { outcome, failed: false }
        } else {
            // Kept in `self`: if this future is dropped in the middle of a commit, the commit goes on elsewhere.
            let closing = self.closing.insert(Box::pin(close(now, outcome)));
            let closed = poll_fn(|cx| closing.poll_unpin(cx)).await;
            self.closing = None;
            closed
        };
        let rest = self.scope.end(closed.outcome);
        let tasks = self.scope.0.tasks.clone();
        if closed.failed && outcome.is_success() {
            let finish = rest.finish(closed.outcome, tasks.clone());
            tasks.spawn("teardown", async { _ = finish.await });
            return Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        if rest.is_empty() {
            return response;
        }
        response.map(|body| {
            Body::new(ScopedBody { body, span: Span::current(), tasks, state: BodyState::Open(rest) })
        })
    }
}

impl Scope {
    /// Notes that the request is over, and gives back what is left to do. What comes later is on its own.
    fn end(&self, outcome: Outcome) -> Rest {
        let mut open = self.lock();
        open.ended = Some(outcome.is_success());
        let queued = std::mem::take(&mut open.queued);
        Rest {
            resources: std::mem::take(&mut open.resources),
            queued: if outcome.is_success() { queued } else { Vec::new() },
        }
    }
}

/// The request was given up: the client is gone, or a layer has lost patience.
impl Drop for Unit {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        let (scope, tasks) = (self.scope.clone(), self.scope.0.tasks.clone());
        if let Some(closing) = self.closing.take() {
            tasks.clone().spawn("teardown of a request whose client is gone", async move {
                let rest = scope.end(closing.await.outcome);
                rest.finish(Outcome::Cancelled, tasks).await;
            });
        } else if scope.lock().ended.is_none() {
            let rest = scope.end(Outcome::Cancelled);
            if !rest.is_empty() {
                let finish = rest.finish(Outcome::Cancelled, tasks.clone());
                tasks.spawn("teardown of a request that was given up", async { _ = finish.await });
            }
        }
    }
}

/// How resources were closed.
struct Closed {
    /// What the one that was closed last would have been told.
    outcome: Outcome,
    failed: bool,
}

/// Closes every resource, last first. A failure is logged, and is a failure for those further out.
async fn close(resources: Vec<Resource>, outcome: Outcome) -> Closed {
    let mut closed = Closed { outcome, failed: false };
    for Resource { name, close, .. } in resources.into_iter().rev() {
        let outcome = closed.outcome;
        let done = AssertUnwindSafe(async move { close(outcome).await }).catch_unwind().await;
        match done {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => {
                tracing::error!(resource = name, error = %Causes(&*error), ?outcome, "teardown failed");
            }
            Err(panic) => {
                let panic = panic_message(&*panic);
                tracing::error!(resource = name, panic, ?outcome, "teardown panicked");
            }
        }
        closed.failed = true;
        if closed.outcome.is_success() {
            closed.outcome = Outcome::Failure(StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
    closed
}

/// What is left of a scope once the head of the response is known.
struct Rest {
    /// Those that are open until the end of the body.
    resources: Vec<Resource>,
    queued: Vec<Queued>,
}

impl Rest {
    fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.queued.is_empty()
    }

    /// Closes the resources, and starts the tasks if that was a success, whatever became of the body.
    async fn finish(self, outcome: Outcome, tasks: Tasks) -> bool {
        let failed = close(self.resources, outcome).await.failed;
        if !failed {
            start(self.queued, &tasks);
        }
        !failed
    }
}

fn start(queued: Vec<Queued>, tasks: &Tasks) {
    for task in queued {
        task.start(tasks);
    }
}

/// A body that closes what is left of a scope when it ends.
struct ScopedBody {
    body: Body,
    span: Span,
    tasks: Tasks,
    state: BodyState,
}

enum BodyState {
    Open(Rest),
    /// Whether it succeeds.
    Closing(BoxFuture<'static, bool>),
    Done,
}

impl ScopedBody {
    /// Starts to close, with `outcome`.
    fn close(&mut self, outcome: Outcome) {
        match std::mem::replace(&mut self.state, BodyState::Done) {
            BodyState::Open(rest) if rest.resources.is_empty() => {
                let _entered = self.span.enter();
                start(rest.queued, &self.tasks);
            }
            BodyState::Open(rest) => {
                let finish = rest.finish(outcome, self.tasks.clone()).instrument(self.span.clone());
                self.state = BodyState::Closing(Box::pin(finish));
            }
            state => self.state = state,
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
        if let BodyState::Open(_) = this.state {
            match ready!(pin!(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => return Poll::Ready(Some(Ok(frame))),
                Some(Err(error)) => {
                    this.close(Outcome::Failure(StatusCode::INTERNAL_SERVER_ERROR));
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.close(Outcome::Success),
            }
        }
        if let BodyState::Closing(closing) = &mut this.state {
            let succeeded = ready!(closing.poll_unpin(cx));
            this.state = BodyState::Done;
            if !succeeded {
                // The head is gone; what is left is to break off, so that the client does not take it for a success.
                return Poll::Ready(Some(Err(axum::Error::new("a resource of the response failed"))));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            BodyState::Open(rest) => rest.resources.is_empty() && self.body.is_end_stream(),
            BodyState::Closing(_) => false,
            BodyState::Done => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ScopedBody {
    fn drop(&mut self) {
        // A body of known length is not asked for its end; one that breaks off is not at its end.
        self.close(if self.body.is_end_stream() { Outcome::Success } else { Outcome::Cancelled });
        if let BodyState::Closing(closing) = std::mem::replace(&mut self.state, BodyState::Done) {
            self.tasks.spawn("end of a response", async { _ = closing.await });
        }
    }
}

/// The answer to a request that panicked.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> Response {
    tracing::error!(panic = panic_message(panic), "a request panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// The answer where `T` is asked for outside of a request scope.
pub(super) fn outside_of_scope<T>() -> Response {
    tracing::error!(
        "`{}` lives in a request scope, and there is none: endpoints open one; around plain axum routes, put `inject_runtime::RequestScopeLayer`",
        type_name::<T>(),
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
