//! What does the jobs.

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
    attempt::{Bench, Pause, attempt},
    store::JobStore,
};
use crate::{
    config::JobSettings,
    core::causes::with_causes,
    services::jobs::{JobHandler, JobQueue as _},
};

/// The longest time between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// How long it takes to come back after the database was away.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// A layer of our own: a worker is to jobs what the routes are to requests, and has the services do them. Unlike routes, it takes them from
/// the store by itself.
#[layer(may_depend_on(Service, Infrastructure))]
pub struct EntryPoint;

/// Takes jobs from the store, some at a time, and has them done.
///
/// One that fails is tried again, later each time, until it is dead. A worker that is to stop waits for what it is doing, for some time; what it
/// is doing still, it leaves to the next one. What a worker was doing that died is taken over by the others, or by the next one, when it has not
/// been heard of for some time.
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

/// Why a worker has to begin again.
type Failure = Box<dyn Error + Send + Sync>;

impl Worker {
    /// Starts to work, on a task of its own. Of two calls, the second does nothing.
    pub fn start(self: &Arc<Self>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return;
        }
        let (stop, interrupt) = (CancellationToken::new(), CancellationToken::new());
        let task = tokio::spawn(Arc::clone(self).run(stop.clone(), interrupt.clone()));
        *running = Some(Running { stop, interrupt, task });
    }

    /// Takes no more jobs, and waits for those that are being done; it breaks off those that take too long. The shutdown hook of the worker.
    pub async fn stop(self: &Arc<Self>) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { stop, interrupt, mut task }) = running else { return };
        stop.cancel();
        if timeout(self.settings.patience, &mut task).await.is_ok() {
            return;
        }
        interrupt.cancel();
        if let Err(error) = task.await {
            tracing::error!(%error, "the worker did not end as it should");
        }
    }

    async fn run(self: Arc<Self>, stop: CancellationToken, interrupt: CancellationToken) {
        while let Err(error) = self.shift(&stop, &interrupt).await {
            tracing::error!(
                error = with_causes(&*error),
                "the worker begins again in {PAUSE_AFTER_FAILURE:?}"
            );
            tokio::select! {
                () = sleep(PAUSE_AFTER_FAILURE) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Works until it is told to stop.
    async fn shift(&self, stop: &CancellationToken, interrupt: &CancellationToken) -> Result<(), Failure> {
        tokio::select! {
            begun = self.catch_up() => begun?,
            () = stop.cancelled() => return Ok(()),
        }
        // The store tells workers from each other by their names, and this is another one than before.
        let context = WorkerContext::new(&format!("worker-{}", uuid::Uuid::new_v4().simple()));
        let stopping = CancellationToken::new();
        let bench = Bench {
            handler: Arc::clone(&self.handler),
            settings: Arc::clone(&self.settings),
            interrupt: interrupt.clone(),
        };
        let backoff = self.settings.backoff.min(LONGEST_PAUSE);
        let backoff =
            ExponentialBackoffMaker::new(backoff, LONGEST_PAUSE, 0.5, HasherRng::default())?.make_backoff();
        let pause = Pause { backoff, stopping: stopping.clone() };
        // `attempt` knows when it was the last, so this policy need not.
        let again = RetryPolicy::retries(usize::MAX).with_backoff(pause);
        // The two stores are two types, of which all that follows is made.
        macro_rules! work_on {
            ($storage:expr) => {{
                let worker = WorkerBuilder::new(&context)
                    .backend($storage.clone().poll_with_interval(self.settings.poll_interval))
                    .concurrency(self.settings.concurrency)
                    .retry(again)
                    .data(bench)
                    .build(attempt);
                let mut work = pin!(worker.run());
                tokio::select! {
                    ended = &mut work => {
                        ended?;
                        return Err("it ended without being told to".into());
                    }
                    () = stop.cancelled() => {}
                }
                // It fails only if there was nothing to stop yet.
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

    /// Adds what should be in the queue and is not, and clears away what is long done.
    async fn catch_up(&self) -> Result<(), Failure> {
        let forgotten = self.store.forget().await?;
        let outstanding = self.handler.outstanding().await?;
        let unfinished = self.store.unfinished().await?;
        let mut added = 0;
        for job in outstanding {
            if !unfinished.contains(&job) {
                self.store.add(job).await?;
                added += 1;
            }
        }
        tracing::info!(unfinished = unfinished.len(), added, forgotten, "the worker begins");
        Ok(())
    }
}
