//! Owner of a scope.

use std::{any::TypeId, collections::HashSet, future::poll_fn, sync::Arc};

use axum::{
    body::Body,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use tracing::Span;

use super::{
    Outcome, Overrides, Scope, Tasks,
    body::ScopedBody,
    closing::{Closed, OpenResource, close},
};
use crate::{boxed::BoxFuture, problem::Problem};

/// Result of the part of a request that ran in a scope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completion {
    Answered,
    Rejected,
    Panicked,
}

impl Completion {
    fn outcome(self, status: StatusCode) -> Outcome {
        match self {
            Self::Panicked => Outcome::Panic,
            Self::Rejected => Outcome::Rejection(status),
            Self::Answered if status.as_u16() >= 400 => Outcome::Failure(status),
            Self::Answered => Outcome::Success,
        }
    }
}

/// Owner of a scope. It closes the scope, also when it is dropped early.
pub(crate) struct ScopeGuard {
    scope: Scope,
    /// Span of the request. The end of the request is logged in it, even if the request is no longer
    /// polled.
    span: Span,
    closing: Option<BoxFuture<'static, Closed>>,
}

impl ScopeGuard {
    pub(crate) fn new(
        overrides: Option<Arc<Overrides>>,
        tasks: Tasks,
        requested_types: Option<Arc<HashSet<TypeId>>>,
    ) -> Self {
        Self { scope: Scope::new(overrides, tasks, requested_types), span: Span::current(), closing: None }
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// Closes the resources, and replaces the response of a success by a 500 if a teardown fails.
    pub(crate) async fn finish(&mut self, response: Response, completion: Completion) -> Response {
        let outcome = completion.outcome(response.status());
        // Handles on the resources, and not to be held while these close.
        let values = std::mem::take(&mut self.scope.lock().values);
        drop(values);
        // After a failure, all resources close at once: there is no body of a success to wait for.
        // Resources that wait for a body stay in the scope, in case this future is dropped before the body
        // exists.
        let now: Vec<_> = {
            let is_due = |resource: &mut OpenResource| !(resource.until_body && outcome.is_success());
            self.scope.lock().resources.extract_if(.., is_due).collect()
        };
        let closed = if now.is_empty() {
            Closed { outcome, failed: false }
        } else {
            // Kept in `self`: if this future is dropped during a commit, the commit continues in a task.
            let closing = self.closing.insert(Box::pin(close(now, outcome)));
            let closed = poll_fn(|cx| closing.poll_unpin(cx)).await;
            self.closing = None;
            closed
        };
        let deferred = self.scope.end(closed.outcome);
        let tasks = self.scope.0.tasks.clone();
        if closed.failed && outcome.is_success() {
            let finish = deferred.finish(closed.outcome, tasks.clone());
            tasks.spawn("teardown", async { _ = finish.await });
            return Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        if deferred.is_empty() {
            return response;
        }
        response.map(|body| Body::new(ScopedBody::new(body, deferred, tasks)))
    }
}

/// A guard that is dropped before `finish` belongs to a canceled request: its client disconnected, or a
/// timeout elapsed.
impl Drop for ScopeGuard {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        let (scope, tasks) = (self.scope.clone(), self.scope.0.tasks.clone());
        if let Some(closing) = self.closing.take() {
            tasks.clone().spawn("teardown of a request whose client disconnected", async move {
                let deferred = scope.end(closing.await.outcome);
                deferred.finish(Outcome::Cancelled, tasks).await;
            });
        } else if scope.lock().succeeded.is_none() {
            let deferred = scope.end(Outcome::Cancelled);
            if !deferred.is_empty() {
                let finish = deferred.finish(Outcome::Cancelled, tasks.clone());
                tasks.spawn("teardown of a canceled request", async { _ = finish.await });
            }
        }
    }
}
