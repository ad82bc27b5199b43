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
    attempt,
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
    /// Whether it is a unit of work.
    is_unit: bool,
}

/// Failure of a teardown.
pub(super) struct TeardownFailure {
    error: BoxError,
    /// Response to the client.
    problem: Option<Problem>,
}

/// Unit of work that ends with its request.
#[cfg(feature = "sqlx")]
pub(crate) trait EndUnit: Send + 'static {
    /// Commits after a success, and otherwise rolls back.
    fn end(self, outcome: Outcome) -> impl Future<Output = Result<Committed, sqlx::Error>> + Send;

    /// Returns the response to the client if the unit of work does not commit.
    fn problem(error: &sqlx::Error) -> Option<Problem>;
}

/// Whether changes were committed, which cannot be undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Committed(pub(crate) bool);

pub(super) trait Close: Send {
    /// Starts the teardown, or continues it.
    fn poll_close(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        outcome: Outcome,
    ) -> Poll<Result<Committed, TeardownFailure>>;
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
        match resource.teardown(outcome).await {
            Ok(()) => Ok(Committed(false)),
            Err(error) => {
                let problem = T::problem(&error);
                Err(TeardownFailure { error: error.into(), problem })
            }
        }
    };
    OpenResource { close: idle(resource, teardown), name, until_body, is_unit: false }
}

/// Returns the unit of work, to be ended with the request.
#[cfg(feature = "sqlx")]
pub(super) fn unit<T: EndUnit>(unit: T, name: &'static str) -> OpenResource {
    let end = |unit: T, outcome| async move {
        unit.end(outcome).await.map_err(|error| {
            let problem = T::problem(&error);
            TeardownFailure { error: error.into(), problem }
        })
    };
    OpenResource { close: idle(unit, end), name, until_body: false, is_unit: true }
}

fn idle<T, F>(resource: T, teardown: fn(T, Outcome) -> F) -> Pin<Box<dyn Close>>
where
    T: Send + 'static,
    F: Future<Output = Result<Committed, TeardownFailure>> + Send + 'static,
{
    Box::pin(Closing::Idle { resource: Some(resource), teardown })
}

impl<T, F> Close for Closing<T, F>
where
    T: Send,
    F: Future<Output = Result<Committed, TeardownFailure>> + Send,
{
    fn poll_close(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        outcome: Outcome,
    ) -> Poll<Result<Committed, TeardownFailure>> {
        if let ClosingProjection::Idle { resource, teardown } = self.as_mut().project()
            && let Some(resource) = resource.take()
        {
            let future = teardown(resource, outcome);
            self.set(Self::Running { future });
        }
        match self.project() {
            ClosingProjection::Running { future } => future.poll(cx),
            ClosingProjection::Idle { .. } => Poll::Ready(Ok(Committed(false))),
        }
    }
}

/// Outcome of a request, for its resources.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestOutcome {
    pub(super) of_resources: Outcome,
    /// Outcome for units of work, which an endpoint may decide by a rule of its own.
    pub(super) of_units: Outcome,
}

impl RequestOutcome {
    pub(super) const fn of(outcome: Outcome) -> Self {
        Self { of_resources: outcome, of_units: outcome }
    }

    /// Returns whether a teardown that fails takes anything back.
    pub(super) const fn is_success(self) -> bool {
        self.of_resources.is_success() || self.of_units.is_success()
    }

    /// Makes a failure of the success.
    fn fail(&mut self, status: StatusCode) {
        for outcome in [&mut self.of_resources, &mut self.of_units] {
            if outcome.is_success() {
                *outcome = Outcome::Failure(status);
            }
        }
    }
}

/// Result of closing resources.
#[derive(Debug)]
pub(super) struct Closed {
    /// Outcome for the resources that were opened earlier.
    pub(super) outcome: RequestOutcome,
    pub(super) is_failed: bool,
    /// Response to the client, of the first teardown that failed and has one.
    pub(super) problem: Option<Problem>,
    /// Whether a unit of work has committed changes.
    pub(super) has_committed: bool,
}

impl Closed {
    pub(super) const fn new(outcome: RequestOutcome) -> Self {
        Self { outcome, is_failed: false, problem: None, has_committed: false }
    }

    /// Returns whether the request, after its teardowns, is a success.
    pub(super) const fn is_success(&self) -> bool {
        self.outcome.of_resources.is_success()
    }

    /// Takes the failure of a teardown. It is the outcome for the resources that were opened earlier.
    #[cold]
    fn fail(&mut self, problem: Option<Problem>) {
        self.problem = self.problem.take().or(problem);
        self.is_failed = true;
        let status = self.problem.as_ref().map_or(StatusCode::INTERNAL_SERVER_ERROR, Problem::status);
        self.outcome.fail(status);
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
        let is_unit = resources[index].is_unit;
        let outcome = if is_unit { closed.outcome.of_units } else { closed.outcome.of_resources };
        let end = poll_fn(|cx| match resources.get_mut(index) {
            Some(resource) => poll_catching_panic(resource, cx, outcome).map(|end| (resource.name, end)),
            None => Poll::Ready(("", Ended::Closed(Committed(false)))),
        });
        let (name, end) = end.await;
        resources.remove(index);
        match end {
            Ended::Closed(Committed(has_committed)) => {
                closed.has_committed |= has_committed;
                tracing::debug!(resource = name, ?outcome, "closed");
            }
            Ended::Failed(TeardownFailure { error, problem }) => {
                if problem.as_ref().is_some_and(Problem::is_conflict) && attempt::may_be_repeated() {
                    let error = ErrorChain(&*error);
                    tracing::debug!(resource = name, %error, ?outcome, "teardown failed by a conflict");
                    closed.fail(problem);
                    continue;
                }
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
    Closed(Committed),
    Failed(TeardownFailure),
    Panicked(String),
}

fn poll_catching_panic(resource: &mut OpenResource, cx: &mut Context<'_>, outcome: Outcome) -> Poll<Ended> {
    match catch_unwind(AssertUnwindSafe(|| resource.close.as_mut().poll_close(cx, outcome))) {
        Ok(polled) => match ready!(polled) {
            Ok(committed) => Poll::Ready(Ended::Closed(committed)),
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
    pub(super) async fn finish(mut self, outcome: RequestOutcome, start_tasks: bool) -> bool {
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
