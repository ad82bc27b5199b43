//! End of a request.

use std::{any::Any, mem, panic::catch_unwind, sync::Arc};

use axum::{
    body::Body,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use tracing::Instrument as _;

use super::{
    Frame, Open, Outcome,
    body::ScopedBody,
    closing::{Closed, DeferredWork, Due, RequestOutcome, close},
    response::Reach,
};
use crate::{
    endpoint_label::{self, Fields},
    metadata::TransactionSpec,
    panic::panic_message,
    problem::{Conflict, Problem},
};

/// Result of the part of a request that ran in a scope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completion {
    Answered,
    Rejected,
    Panicked,
    /// A session whose client has left.
    #[cfg_attr(not(feature = "ws"), allow(dead_code, reason = "sessions use it"))]
    Cancelled,
}

impl Completion {
    pub(crate) fn outcome(self, status: StatusCode) -> Outcome {
        match self {
            Self::Panicked => Outcome::Panic,
            Self::Cancelled => Outcome::Cancelled,
            Self::Rejected => Outcome::Rejection(status),
            Self::Answered if status.as_u16() >= 400 => Outcome::Failure(status),
            Self::Answered => Outcome::Success,
        }
    }

    /// Returns the reach that a header needs to be added to the response.
    const fn reach(self) -> Reach {
        match self {
            Self::Answered => Reach::Answers,
            Self::Rejected => Reach::Rejections,
            Self::Panicked | Self::Cancelled => Reach::Panics,
        }
    }
}

impl Frame {
    /// Ends the request: closes the resources, and replaces the response of a success if a teardown fails. The tasks
    /// of a success start after the response.
    #[inline]
    pub(crate) async fn finish(&mut self, response: &mut Response, completion: Completion, has_body: bool) {
        let Some(open) = &mut self.open else { return };
        open.clear_values();
        if open.has_ended() {
            self.change(response, completion);
            self.recycle();
            return;
        }
        // Boxed, so that the future of an endpoint that has nothing to close is small.
        Box::pin(self.finish_open(response, completion, has_body)).await;
    }

    /// Makes the changes to the response of a request that has nothing to close.
    #[inline]
    fn change(&mut self, response: &mut Response, completion: Completion) {
        if let Some(changes) = self.open.as_mut().and_then(|open| open.response.take()) {
            if completion == Completion::Answered {
                changes.move_status(response);
            }
            changes.finish(response, completion.reach());
        }
    }

    async fn finish_open(&mut self, response: &mut Response, completion: Completion, has_body: bool) {
        let transaction = self.transaction();
        let Some(open) = &mut self.open else { return };
        let changes = open.response.clone();
        if let (Some(changes), Completion::Answered) = (&changes, completion) {
            changes.move_status(response);
        }
        let outcome = outcome(transaction, completion, response);
        // HTTP sends no body with these either.
        let has_body =
            has_body && !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        // Until its end, the work stays in `self`: if this future is dropped during a commit, the commit continues in a
        // task. After a failure, and in answer to HEAD, all resources close at once: no body is sent.
        let due = if outcome.of_resources.is_success() && has_body { Due::BeforeBody } else { Due::All };
        open.closing = Some(outcome);
        let mut closed = Closed::new(outcome);
        close(&mut open.resources, due, &mut closed).await;
        let is_replaced = closed.is_failed && outcome.is_success();
        if is_replaced {
            *response = closed
                .problem
                .take()
                .unwrap_or(Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
                .into_response();
        }
        if closed.has_committed
            && let Some(conflict) = response.extensions_mut().get_mut::<Conflict>()
        {
            conflict.has_committed = true;
        }
        if let Some(changes) = changes {
            // Set by a teardown.
            if let (false, Completion::Answered) = (is_replaced, completion) {
                changes.move_status(response);
            }
            let reach = completion.reach();
            changes.finish(response, if is_replaced { reach.max(Reach::Rejections) } else { reach });
        }
        // The rest closes in a task, so that it does not delay the answer of an error.
        if closed.is_failed && !open.resources.is_empty() {
            open.closing = Some(closed.outcome);
            self.give_up(closed.outcome.of_resources, "teardown");
            return;
        }
        if closed.is_success() {
            self.start_session(response.status());
        }
        let Some(open) = &mut self.open else { return };
        let deferred = open.take_deferred(closed.is_success());
        let span = open.span.clone();
        let tasks = self.tasks().cloned();
        self.recycle();
        if let Some(tasks) = tasks
            && !deferred.is_empty()
        {
            let body = mem::take(response.body_mut());
            *response.body_mut() = Body::new(ScopedBody::new(body, span, deferred, tasks));
        }
    }

    /// Keeps the memory of the ended scope for other requests.
    fn recycle(&mut self) {
        if let (Some(plan), Some(mut open)) = (&self.plan, self.open.take()) {
            open.span = None;
            open.session = None;
            // The parts of the request may outlive it, and must not reach the next one.
            open.cell.take_if(|cell| Arc::get_mut(cell).is_none());
            open.closing = None;
            open.response = None;
            open.transaction = None;
            plan.close(open);
        }
    }

    /// Closes what is open in a task, with `outcome`.
    #[cold]
    fn give_up(&mut self, outcome: Outcome, task: &'static str) {
        let Some(mut open) = self.open.take() else { return };
        let Some(tasks) = self.tasks() else { return };
        open.clear_values();
        if let Some(changes) = open.response.take() {
            changes.end();
        }
        let begun = open.closing.take();
        let has_succeeded = begun.is_some_and(|begun| begun.of_resources.is_success());
        let mut deferred = open.take_deferred(has_succeeded);
        let span = open.span.take().unwrap_or_else(tracing::Span::none);
        if deferred.is_empty() {
            return;
        }
        // In the span, so that the task is logged as a part of the request.
        let _entered = span.clone().entered();
        tasks.spawn(
            task,
            async move {
                let mut closed = Closed::new(begun.unwrap_or(RequestOutcome::of(outcome)));
                if has_succeeded {
                    close(&mut deferred.resources, Due::BeforeBody, &mut closed).await;
                }
                let start_tasks = closed.is_success();
                let outcome =
                    if start_tasks { RequestOutcome::of(Outcome::Cancelled) } else { closed.outcome };
                deferred.finish(outcome, start_tasks).await;
            }
            .instrument(span),
        );
    }
}

/// Returns the outcome of a request. A rule of the endpoint decides about its units of work, unless there is no response of
/// its own. A rule that panics is a panic of the request.
fn outcome(transaction: &TransactionSpec, completion: Completion, response: &mut Response) -> RequestOutcome {
    let status = response.status();
    let of_resources = completion.outcome(status);
    let (Some(rolls_back), Completion::Answered | Completion::Rejected) =
        (transaction.rollback_if, completion)
    else {
        return RequestOutcome::of(of_resources);
    };
    let of_units = match catch_unwind(|| rolls_back(status)) {
        Ok(false) => Outcome::Success,
        Ok(true) if of_resources.is_success() => Outcome::Failure(status),
        Ok(true) => of_resources,
        Err(panic) => {
            *response = panicked(&*panic);
            return RequestOutcome::of(Outcome::Panic);
        }
    };
    RequestOutcome { of_resources, of_units }
}

impl Open {
    /// Returns whether nothing is left to do at the end of the request.
    #[inline]
    fn has_ended(&self) -> bool {
        self.resources.is_empty() && self.queue.is_none() && self.session.is_none()
    }

    /// Takes what remains when the head of the response is known.
    fn take_deferred(&mut self, is_success: bool) -> DeferredWork {
        // A queue without tasks has nothing to wait for: tasks that are added later start at once, or never.
        let queue = self.queue.take().filter(|queue| {
            let is_waiting = is_success && !queue.is_empty();
            if !is_waiting {
                queue.end(is_success);
            }
            is_waiting
        });
        DeferredWork { resources: mem::take(&mut self.resources), queue }
    }
}

/// A frame that is dropped before its end belongs to a canceled request: its client disconnected, or a timeout elapsed.
impl Drop for Frame {
    #[inline]
    fn drop(&mut self) {
        if self.open.is_some() {
            self.give_up(Outcome::Cancelled, "teardown of a canceled request");
        }
    }
}

/// Logs a panic, and returns the response of the request.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Response {
    endpoint_label::log(|Fields { method, route, endpoint, .. }| {
        tracing::error!(panic = panic_message(panic), method, route, endpoint, "a request panicked");
    });
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
