//! One attempt at a job.

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

/// What attempts need.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) handler: Arc<dyn JobHandler>,
    pub(super) settings: Arc<JobSettings>,
    /// The end of all patience: what runs is broken off.
    pub(super) interrupt: CancellationToken,
}

/// Why an attempt came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("it failed: {0}")]
    Error(String),
    #[error("it panicked: {0}")]
    Panicked(String),
    #[error("it took longer than {0:?}")]
    TimedOut(Duration),
    #[error("the worker had to stop")]
    Interrupted,
    #[error("it has been begun {0} times, by workers that did not come to its end")]
    NeverEnded(usize),
    #[error("it is no job that this version of the program knows")]
    Unreadable(#[source] serde_json::Error),
}

/// One attempt: what apalis calls for each job that it has taken from the store.
///
/// An error is a failure, after which there is another attempt. An [`AbortError`] is the end of the job: it is dead, and stays in the store.
pub(super) async fn attempt(
    job: Value,
    attempt: Attempt,
    id: TaskId,
    bench: Data<Bench>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (attempt, attempts) = (attempt.current(), bench.settings.attempts);
    let span = tracing::info_span!("job", %id, %job, attempt);
    async {
        let failed = match bench.perform(job, attempt).await {
            Ok(()) => {
                tracing::info!("done");
                return Ok(());
            }
            Err(failed) => failed,
        };
        match failed {
            Failed::Interrupted => {
                tracing::warn!("broken off, since the worker has to stop: it will be done again");
                Err(failed.into())
            }
            Failed::Error(_) | Failed::Panicked(_) | Failed::TimedOut(_) if attempt < attempts => {
                tracing::warn!(error = %failed, "failed; it will be tried again");
                Err(failed.into())
            }
            failed => {
                tracing::error!(error = %failed, "dead: it will not be tried again");
                Err(AbortError::new(failed).into())
            }
        }
    }
    .instrument(span)
    .await
}

impl Bench {
    async fn perform(&self, job: Value, attempt: usize) -> Result<(), Failed> {
        if attempt > self.settings.attempts {
            return Err(Failed::NeverEnded(attempt - 1));
        }
        let job: Job = serde_json::from_value(job).map_err(Failed::Unreadable)?;
        let handler = Arc::clone(&self.handler);
        // On a task of its own, so that a panic is its own, and that one which computes for long does not keep the worker from saying that it
        // is alive. It is aborted when the set is dropped.
        let mut task = JoinSet::new();
        task.spawn(async move { handler.perform(job).await }.in_current_span());
        let ended = tokio::select! {
            ended = timeout(self.settings.timeout, task.join_next()) => ended,
            () = self.interrupt.cancelled() => return Err(Failed::Interrupted),
        };
        match ended {
            Err(_) => Err(Failed::TimedOut(self.settings.timeout)),
            Ok(Some(Ok(Ok(())))) => Ok(()),
            Ok(Some(Ok(Err(error)))) => Err(Failed::Error(with_causes(&error))),
            Ok(Some(Err(error))) if error.is_panic() => {
                let panic = error.into_panic();
                let text = panic.downcast_ref::<&str>().copied();
                let text = text.or_else(|| panic.downcast_ref().map(String::as_str));
                Err(Failed::Panicked(text.unwrap_or("it does not say why").to_owned()))
            }
            // The runtime is coming to its end.
            Ok(Some(Err(_)) | None) => Err(Failed::Interrupted),
        }
    }
}

/// The time between two attempts, which is over when the worker is to stop: the job is left to the next one then.
#[derive(Clone, Debug)]
pub(super) struct Pause<B> {
    pub(super) backoff: B,
    pub(super) stopping: CancellationToken,
}

impl<B: Backoff<Future: Send + 'static>> Backoff for Pause<B> {
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
