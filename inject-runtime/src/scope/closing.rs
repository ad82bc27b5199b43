//! Closing of resources.

use std::panic::AssertUnwindSafe;

use axum::http::StatusCode;
use futures_util::FutureExt as _;

use super::{Outcome, Tasks, background::QueuedTask};
use crate::{
    boxed::{BoxError, BoxFuture},
    panic::panic_message,
    problem::ErrorChain,
};

/// A resource that the scope closes.
pub(super) struct OpenResource {
    pub(super) name: &'static str,
    pub(super) until_body: bool,
    pub(super) close: Box<dyn FnOnce(Outcome) -> BoxFuture<'static, Result<(), BoxError>> + Send>,
}

/// Result of closing resources.
pub(super) struct Closed {
    /// Outcome for the resources that were opened earlier.
    pub(super) outcome: Outcome,
    pub(super) failed: bool,
}

/// Closes all resources, last first. A failure is logged, and becomes the outcome for the resources that
/// were opened earlier.
pub(super) async fn close(resources: Vec<OpenResource>, outcome: Outcome) -> Closed {
    let mut closed = Closed { outcome, failed: false };
    for OpenResource { name, close, .. } in resources.into_iter().rev() {
        let outcome = closed.outcome;
        match AssertUnwindSafe(async move { close(outcome).await }).catch_unwind().await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => {
                tracing::error!(resource = name, error = %ErrorChain(&*error), ?outcome, "teardown failed");
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

/// Work of a scope that remains when the head of the response is known.
pub(super) struct DeferredWork {
    /// Resources that stay open until the end of the body.
    pub(super) resources: Vec<OpenResource>,
    pub(super) queued: Vec<QueuedTask>,
}

impl DeferredWork {
    pub(super) fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.queued.is_empty()
    }

    /// Closes the resources and starts the tasks, unless a teardown fails. Returns whether all teardowns succeeded.
    pub(super) async fn finish(self, outcome: Outcome, tasks: Tasks) -> bool {
        let failed = close(self.resources, outcome).await.failed;
        if !failed {
            start(self.queued, &tasks);
        }
        !failed
    }
}

pub(super) fn start(queued: Vec<QueuedTask>, tasks: &Tasks) {
    for task in queued {
        task.start(tasks);
    }
}
