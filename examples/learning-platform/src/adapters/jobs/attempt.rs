//! Execution of one attempt at a job.

use std::{error::Error, sync::Arc, time::Duration};

use apalis::{
    layers::retry::backoff::Backoff,
    prelude::{AbortError, Attempt, Data, TaskId},
};
use serde_json::Value;
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::{
    config::JobSettings,
    core::causes::with_causes,
    services::jobs::{Job, JobHandler},
};

/// Shared context of all attempts.
#[derive(Clone)]
pub(super) struct AttemptContext {
    pub(super) handler: Arc<dyn JobHandler>,
    pub(super) settings: Arc<JobSettings>,
    /// Token that cancels running attempts when the shutdown timeout has passed.
    pub(super) interrupt: CancellationToken,
}

/// Error that ends an attempt.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    #[error("the job failed: {0}")]
    Error(String),
    #[error("the job panicked: {0}")]
    Panicked(String),
    #[error("the job took longer than {0:?}")]
    TimedOut(Duration),
    #[error("the worker is shutting down")]
    Interrupted,
    #[error("the job was started {0} times by workers that did not finish it")]
    Abandoned(usize),
    #[error("this version of the program does not know the job")]
    Unreadable(#[source] serde_json::Error),
}

/// Runs one attempt. apalis calls this function for each job that it has fetched from the store.
///
/// An ordinary error causes a retry. An [`AbortError`] ends the job: it is dead, and stays in the store.
pub(super) async fn attempt(
    job: Value,
    attempt: Attempt,
    id: TaskId,
    context: Data<AttemptContext>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (attempt, attempts) = (attempt.current(), context.settings.attempts);
    let span = tracing::info_span!("job", %id, %job, attempt);
    async {
        let error = match context.perform(job, attempt).await {
            Ok(()) => {
                tracing::info!("done");
                return Ok(());
            }
            Err(error) => error,
        };
        match error {
            AttemptError::Interrupted => {
                tracing::warn!("interrupted by the shutdown of the worker: the job will be retried");
                Err(error.into())
            }
            AttemptError::Error(_) | AttemptError::Panicked(_) | AttemptError::TimedOut(_)
                if attempt < attempts =>
            {
                tracing::warn!(%error, "the attempt failed: the job will be retried");
                Err(error.into())
            }
            error => {
                tracing::error!(%error, "the job is dead: it will not be retried");
                Err(AbortError::new(error).into())
            }
        }
    }
    .instrument(span)
    .await
}

impl AttemptContext {
    async fn perform(&self, job: Value, attempt: usize) -> Result<(), AttemptError> {
        if attempt > self.settings.attempts {
            return Err(AttemptError::Abandoned(attempt - 1));
        }
        let job: Job = serde_json::from_value(job).map_err(AttemptError::Unreadable)?;
        let handler = Arc::clone(&self.handler);
        // The job runs on a separate task, so that a panic is contained, and so that a long computation does not
        // block the heartbeat of the worker. The task is aborted when the set is dropped.
        let mut task = JoinSet::new();
        task.spawn(async move { handler.perform(job).await }.in_current_span());
        let ended = tokio::select! {
            ended = timeout(self.settings.timeout, task.join_next()) => ended,
            () = self.interrupt.cancelled() => return Err(AttemptError::Interrupted),
        };
        match ended {
            Err(_) => Err(AttemptError::TimedOut(self.settings.timeout)),
            Ok(Some(Ok(Ok(())))) => Ok(()),
            Ok(Some(Ok(Err(error)))) => Err(AttemptError::Error(with_causes(&error))),
            Ok(Some(Err(error))) if error.is_panic() => {
                let panic = error.into_panic();
                let text = panic.downcast_ref::<&str>().copied();
                let text = text.or_else(|| panic.downcast_ref().map(String::as_str));
                Err(AttemptError::Panicked(text.unwrap_or("no panic message").to_owned()))
            }
            // The runtime is shutting down.
            Ok(Some(Err(_)) | None) => Err(AttemptError::Interrupted),
        }
    }
}

/// Backoff between two attempts that ends early when the worker stops, so that the job is left to the next worker.
#[derive(Clone, Debug)]
pub(super) struct InterruptibleBackoff<B> {
    pub(super) backoff: B,
    pub(super) stopping: CancellationToken,
}

impl<B: Backoff<Future: Send + 'static>> Backoff for InterruptibleBackoff<B> {
    type Future = futures_util::future::BoxFuture<'static, ()>;

    fn next_backoff(&mut self) -> Self::Future {
        let (pause, stopping) = (self.backoff.next_backoff(), self.stopping.clone());
        Box::pin(async move {
            tokio::select! {
                () = pause => {}
                () = stopping.cancelled() => {}
            }
        })
    }
}
