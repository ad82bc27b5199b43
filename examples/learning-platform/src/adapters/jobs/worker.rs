//! Worker that runs the jobs.

use std::{
    error::Error,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use apalis::{
    layers::retry::{
        HasherRng, RetryPolicy,
        backoff::{ExponentialBackoffMaker, MakeBackoff as _},
    },
    prelude::{BackendExt as _, WorkerBuilder, WorkerBuilderExt as _, WorkerContext},
};
use inject_runtime::{
    component, layer,
    layer::{Infrastructure, Service},
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    attempt::{AttemptContext, InterruptibleBackoff, attempt},
    store::JobStore,
};
use crate::{
    config::JobSettings,
    core::causes::with_causes,
    services::jobs::{JobHandler, JobQueue as _},
};

/// Maximum delay between two attempts.
const MAX_BACKOFF: Duration = Duration::from_mins(5);

/// Delay before the worker restarts after a failure, for example of the database.
const RESTART_DELAY: Duration = Duration::from_secs(5);

/// Custom layer of entry points. A worker is to jobs what the routes are to requests: it calls services. Unlike a
/// route, it also accesses the job store.
#[layer(may_depend_on(Service, Infrastructure))]
pub struct EntryPoint;

/// Worker that fetches jobs from the store and runs several of them concurrently.
///
/// A failed job is retried with increasing delays until it is dead. On shutdown, the worker waits for its running
/// jobs up to a timeout, and leaves the others to the next worker. If a worker dies, other workers, or the next one,
/// take over its jobs after some missed heartbeats.
#[component(layer = EntryPoint)]
pub struct Worker {
    store: Arc<JobStore>,
    handler: Arc<dyn JobHandler>,
    settings: Arc<JobSettings>,
    #[init]
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: CancellationToken,
    interrupt: CancellationToken,
    task: JoinHandle<()>,
}

/// Error that makes the worker restart.
type Failure = Box<dyn Error + Send + Sync>;

impl Worker {
    /// Starts the worker on a separate task. A second call has no effect.
    pub fn start(self: &Arc<Self>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return;
        }
        let (stop, interrupt) = (CancellationToken::new(), CancellationToken::new());
        let task = tokio::spawn(Arc::clone(self).run(stop.clone(), interrupt.clone()));
        *running = Some(Running { stop, interrupt, task });
    }

    /// Stops fetching jobs, and waits for the running jobs. Jobs that exceed the shutdown timeout are interrupted.
    /// This is the shutdown hook of the worker.
    pub async fn stop(self: &Arc<Self>) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { stop, interrupt, mut task }) = running else { return };
        stop.cancel();
        if timeout(self.settings.shutdown_timeout, &mut task).await.is_ok() {
            return;
        }
        interrupt.cancel();
        if let Err(error) = task.await {
            tracing::error!(%error, "the task of the worker failed");
        }
    }

    async fn run(self: Arc<Self>, stop: CancellationToken, interrupt: CancellationToken) {
        while let Err(error) = self.run_until_stopped(&stop, &interrupt).await {
            tracing::error!(error = with_causes(&*error), "the worker restarts in {RESTART_DELAY:?}");
            tokio::select! {
                () = sleep(RESTART_DELAY) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Runs jobs until the worker is stopped.
    async fn run_until_stopped(
        &self,
        stop: &CancellationToken,
        interrupt: &CancellationToken,
    ) -> Result<(), Failure> {
        tokio::select! {
            prepared = self.prepare_queue() => prepared?,
            () = stop.cancelled() => return Ok(()),
        }
        // The store distinguishes workers by name, and a restarted worker counts as a new one.
        let context = WorkerContext::new(&format!("worker-{}", uuid::Uuid::new_v4().simple()));
        let stopping = CancellationToken::new();
        let attempt_context = AttemptContext {
            handler: Arc::clone(&self.handler),
            settings: Arc::clone(&self.settings),
            interrupt: interrupt.clone(),
        };
        let backoff = self.settings.backoff.min(MAX_BACKOFF);
        let backoff =
            ExponentialBackoffMaker::new(backoff, MAX_BACKOFF, 0.5, HasherRng::default())?.make_backoff();
        let backoff = InterruptibleBackoff { backoff, stopping: stopping.clone() };
        // `attempt` decides which attempt is the last, so this policy never stops.
        let retry = RetryPolicy::retries(usize::MAX).with_backoff(backoff);
        // A macro, because the two stores have different types, and so do all values built from them.
        macro_rules! work_on {
            ($storage:expr) => {{
                let worker = WorkerBuilder::new(&context)
                    .backend($storage.clone().poll_with_interval(self.settings.poll_interval))
                    .concurrency(self.settings.concurrency)
                    .retry(retry)
                    .data(attempt_context)
                    .build(attempt);
                let mut work = pin!(worker.run());
                tokio::select! {
                    ended = &mut work => {
                        ended?;
                        return Err("the worker ended without a request to stop".into());
                    }
                    () = stop.cancelled() => {}
                }
                // Stopping fails only if the worker has not started yet.
                if context.stop().is_ok() {
                    stopping.cancel();
                    work.await?;
                }
            }};
        }
        match &*self.store {
            JobStore::Sqlite(storage) => work_on!(storage),
            JobStore::Postgres(storage) => work_on!(storage),
        }
        Ok(())
    }

    /// Adds missing jobs to the queue, and deletes jobs that were completed long ago.
    async fn prepare_queue(&self) -> Result<(), Failure> {
        let deleted = self.store.delete_completed().await?;
        let required_jobs = self.handler.required_jobs().await?;
        let unfinished = self.store.unfinished().await?;
        let mut added = 0;
        for job in required_jobs {
            if !unfinished.contains(&job) {
                self.store.add(job).await?;
                added += 1;
            }
        }
        tracing::info!(unfinished = unfinished.len(), added, deleted, "the worker has started");
        Ok(())
    }
}
