//! Closing of resources.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::http::StatusCode;
use pin_project_lite::pin_project;

use super::{Outcome, Queue, Teardown};
use crate::{
    boxed::BoxError,
    endpoint_label::{self, Fields},
    panic::panic_message,
    problem::{ErrorChain, Problem},
};

/// Resource that the scope closes.
///
/// One box has the resource and then the future of its teardown. If the request is given up, the box moves to a task
/// as it is, and a teardown that has begun continues there.
pub(super) struct OpenResource {
    close: Pin<Box<dyn Close>>,
    /// Type of the resource, for the log.
    name: &'static str,
    pub(super) until_body: bool,
}

/// Failure of a teardown.
pub(super) struct TeardownFailure {
    error: BoxError,
    /// Response to the client.
    problem: Option<Problem>,
}

pub(super) trait Close: Send {
    /// Starts the teardown, or continues it.
    fn poll_close(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        outcome: Outcome,
    ) -> Poll<Result<(), TeardownFailure>>;
}

pin_project! {
    #[project = ClosingProjection]
    enum Closing<T, F> {
        Idle { resource: Option<T>, teardown: fn(T, Outcome) -> F },
        Running { #[pin] future: F },
    }
}

/// Returns the resource, to be closed at the end of the request.
pub(super) fn resource<T: Teardown>(resource: T, name: &'static str, until_body: bool) -> OpenResource {
    let teardown = |resource: T, outcome| async move {
        resource.teardown(outcome).await.map_err(|error| {
            let problem = T::problem(&error);
            TeardownFailure { error: error.into(), problem }
        })
    };
    OpenResource { close: idle(resource, teardown), name, until_body }
}

fn idle<T, F>(resource: T, teardown: fn(T, Outcome) -> F) -> Pin<Box<dyn Close>>
where
    T: Send + 'static,
    F: Future<Output = Result<(), TeardownFailure>> + Send + 'static,
{
    Box::pin(Closing::Idle { resource: Some(resource), teardown })
}

impl<T, F> Close for Closing<T, F>
where
    T: Send,
    F: Future<Output = Result<(), TeardownFailure>> + Send,
{
    fn poll_close(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        outcome: Outcome,
    ) -> Poll<Result<(), TeardownFailure>> {
        if let ClosingProjection::Idle { resource, teardown } = self.as_mut().project()
            && let Some(resource) = resource.take()
        {
            let future = teardown(resource, outcome);
            self.set(Self::Running { future });
        }
        match self.project() {
            ClosingProjection::Running { future } => future.poll(cx),
            ClosingProjection::Idle { .. } => Poll::Ready(Ok(())),
        }
    }
}

/// Result of closing resources.
#[derive(Debug)]
pub(super) struct Closed {
    /// Outcome for the resources that were opened earlier.
    pub(super) outcome: Outcome,
    pub(super) is_failed: bool,
    /// Response to the client, of the first teardown that failed and has one.
    pub(super) problem: Option<Problem>,
}

impl Closed {
    pub(super) const fn new(outcome: Outcome) -> Self {
        Self { outcome, is_failed: false, problem: None }
    }

    /// Logs a failure. It is the outcome for the resources that were opened earlier.
    #[cold]
    fn fail(&mut self, problem: Option<Problem>) {
        self.problem = self.problem.take().or(problem);
        self.is_failed = true;
        if self.outcome.is_success() {
            let status = self.problem.as_ref().map_or(StatusCode::INTERNAL_SERVER_ERROR, Problem::status);
            self.outcome = Outcome::Failure(status);
        }
    }
}

/// Which of the resources close.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    All,
    /// Those that do not wait for the end of the body.
    BeforeBody,
}

/// Closes resources, the last first. They stay in `resources` until they are closed, so that a future that is dropped
/// halfway loses none.
pub(super) async fn close(resources: &mut Vec<OpenResource>, due: Due, closed: &mut Closed) {
    let is_due = |resource: &OpenResource| due == Due::All || !resource.until_body;
    loop {
        let Some(index) = resources.iter().rposition(is_due) else { return };
        let outcome = closed.outcome;
        let end = poll_fn(|cx| match resources.get_mut(index) {
            Some(resource) => poll_catching_panic(resource, cx, outcome).map(|end| (resource.name, end)),
            None => Poll::Ready(("", Ended::Closed)),
        });
        let (name, end) = end.await;
        resources.remove(index);
        match end {
            Ended::Closed => tracing::debug!(resource = name, ?outcome, "closed"),
            Ended::Failed(TeardownFailure { error, problem }) => {
                endpoint_label::log(|Fields { method, route, endpoint, .. }| {
                    let error = ErrorChain(&*error);
                    tracing::error!(resource = name, %error, ?outcome, method, route, endpoint, "teardown failed");
                });
                closed.fail(problem);
            }
            Ended::Panicked(panic) => {
                endpoint_label::log(|Fields { method, route, endpoint, .. }| {
                    tracing::error!(
                        resource = name,
                        panic,
                        ?outcome,
                        method,
                        route,
                        endpoint,
                        "teardown panicked"
                    );
                });
                closed.fail(None);
            }
        }
    }
}

/// End of a teardown.
enum Ended {
    Closed,
    Failed(TeardownFailure),
    Panicked(String),
}

fn poll_catching_panic(resource: &mut OpenResource, cx: &mut Context<'_>, outcome: Outcome) -> Poll<Ended> {
    match catch_unwind(AssertUnwindSafe(|| resource.close.as_mut().poll_close(cx, outcome))) {
        Ok(polled) => match ready!(polled) {
            Ok(()) => Poll::Ready(Ended::Closed),
            Err(failure) => Poll::Ready(Ended::Failed(failure)),
        },
        Err(panic) => Poll::Ready(Ended::Panicked(panic_message(&*panic))),
    }
}

/// Work of a scope that remains when the head of the response is known.
#[derive(Default)]
pub(super) struct DeferredWork {
    /// Resources that stay open until the end of the body.
    pub(super) resources: Vec<OpenResource>,
    pub(super) queue: Option<Arc<Queue>>,
}

impl DeferredWork {
    pub(super) fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.queue.is_none()
    }

    /// Closes the resources with `outcome`. With `start_tasks`, the tasks start, unless a teardown fails. Returns whether
    /// all teardowns succeeded.
    pub(super) async fn finish(mut self, outcome: Outcome, start_tasks: bool) -> bool {
        let mut closed = Closed::new(outcome);
        close(&mut self.resources, Due::All, &mut closed).await;
        self.end_queue(start_tasks && !closed.is_failed);
        !closed.is_failed
    }

    pub(super) fn end_queue(&mut self, is_success: bool) {
        if let Some(queue) = self.queue.take() {
            queue.end(is_success);
        }
    }
}
