//! Tasks that outlive their requests.

mod running;

use std::{
    borrow::Cow,
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::{runtime::Handle, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument as _;

use self::running::{Key, Running};
use super::Stopping;
use crate::{
    boxed::BoxFuture,
    endpoint_label::{self, Entered, Fields, Labeled},
    panic::panic_message,
};

/// Limit for the time in which aborted tasks end, and the teardowns of what they held. Only a task that blocks its
/// thread, or a teardown that hangs, takes that long.
const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

/// Tracker of the tasks that outlive the requests in which they started. Shutdown waits for them.
///
/// [`Routes::tasks`](crate::Routes::tasks) returns it, and [`serve`](crate::serve) drains it. A clone is a
/// handle on the same tracker.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
/// use inject_runtime::Tasks;
///
/// let tasks = Tasks::default();
/// tasks.spawn("welcome mail", async { /* .. */ });
/// tasks.drain(Duration::from_secs(15)).await.unwrap();
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Tasks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tracker: TaskTracker,
    running: Mutex<Running>,
    stop: CancellationToken,
    /// Tracker that is used instead of this one.
    forward: OnceLock<Tasks>,
    /// Trackers that use this one instead. They may have tasks from before.
    sources: Mutex<Vec<Weak<Inner>>>,
}

impl Tasks {
    /// Starts a task. If the task panics, or no runtime is running, this is logged under `name`.
    pub fn spawn(&self, name: impl Into<Cow<'static, str>>, task: impl Future<Output = ()> + Send + 'static) {
        self.start(name.into(), Box::pin(task));
    }

    /// Makes this tracker, and every clone of it, a handle on `other`.
    pub(crate) fn forward_to(&self, other: &Self) {
        let (inner, other) = (self.inner(), other.inner());
        if Arc::ptr_eq(inner, other) || inner.forward.set(Self(Arc::clone(other))).is_err() {
            return;
        }
        let mut sources = std::mem::take(&mut *lock(&inner.sources));
        sources.push(Arc::downgrade(inner));
        lock(&other.sources).append(&mut sources);
        if other.stop.is_cancelled() {
            self.stop();
        }
    }

    /// Returns the tracker that is used.
    fn inner(&self) -> &Arc<Inner> {
        let mut inner = &self.0;
        while let Some(Self(other)) = inner.forward.get() {
            inner = other;
        }
        inner
    }

    /// Returns the tracker that is used, after those that use it instead of themselves.
    fn all(&self) -> Vec<Arc<Inner>> {
        let inner = self.inner();
        let mut all: Vec<_> = lock(&inner.sources).iter().filter_map(Weak::upgrade).collect();
        all.push(Arc::clone(inner));
        all
    }

    pub(super) fn start(&self, name: Cow<'static, str>, task: BoxFuture<'static, ()>) {
        let Ok(runtime) = Handle::try_current() else {
            tracing::error!(task = &*name, "not started: the runtime has shut down");
            return;
        };
        let inner = self.inner();
        let key = lock(&inner.running).add(name);
        let mut label = endpoint_label::current();
        let task = Labeled::new(label.clone(), task);
        let done = Done { inner: Arc::clone(inner), key };
        // The lock is not held here: a runtime that is shutting down drops the task at once, and what the task
        // owns may start others when it is dropped.
        let task = inner.tracker.spawn_on(
            async move {
                let done = done;
                if let Err(panic) = AssertUnwindSafe(task).catch_unwind().await {
                    let name = done.end().unwrap_or_default();
                    let panic = panic_message(&*panic);
                    let _entered = Entered::enter(&mut label);
                    endpoint_label::log(|Fields { method, route, endpoint, .. }| {
                        tracing::error!(task = &*name, panic, method, route, endpoint, "panicked");
                    });
                }
            }
            // Logged as a part of the request that started it.
            .in_current_span(),
            &runtime,
        );
        let aborted = lock(&inner.running).set_handle(key, task.abort_handle());
        if let Some(handle) = aborted {
            handle.abort();
        }
    }

    /// Returns the names of the running tasks, in the order in which they were started.
    #[must_use]
    pub fn running(&self) -> Vec<String> {
        self.all().iter().flat_map(|inner| lock(&inner.running).names()).collect()
    }

    /// Returns a handle on the stop that [`stop`](Self::stop) begins.
    #[must_use]
    pub fn stopping(&self) -> Stopping {
        Stopping::of(self)
    }

    /// Notifies the holders of a [`Stopping`] of this tracker that the server is going to stop. [`serve`](crate::serve)
    /// does it at the signal.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::time::Duration;
    /// use inject_runtime::Tasks;
    ///
    /// let tasks = Tasks::default();
    /// let stopping = tasks.stopping();
    /// tasks.spawn("queue", async move { stopping.wait().await });
    /// tasks.stop();
    /// tasks.drain(Duration::from_secs(15)).await.expect("it ends at the stop");
    /// # }
    /// ```
    pub fn stop(&self) {
        // First, so that a tracker that becomes a handle on this one meanwhile is notified as well.
        self.inner().stop.cancel();
        for inner in self.all() {
            inner.stop.cancel();
        }
    }

    /// Returns the token that [`stop`](Self::stop) cancels.
    pub(super) fn stop_token(&self) -> &CancellationToken {
        &self.inner().stop
    }

    /// Waits until no task is running, including tasks that start in the meantime.
    ///
    /// # Errors
    ///
    /// Returns the names of the tasks that were still running after `deadline`. They are aborted, and what they held
    /// is closed: this may take up to a second more.
    pub async fn drain(&self, deadline: Duration) -> Result<(), DrainError> {
        match timeout(deadline, self.wait()).await {
            Ok(()) => Ok(()),
            Err(_) => DrainError::check(self.abort().await, deadline),
        }
    }

    /// Waits until no task is running, including tasks that start in the meantime.
    pub(crate) async fn wait(&self) {
        loop {
            let all = self.all();
            for Inner { tracker, .. } in all.iter().map(|inner| &**inner) {
                tracker.close();
                tracker.wait().await;
            }
            if all.iter().all(|inner| inner.tracker.is_empty()) {
                break;
            }
        }
    }

    /// Returns how many tasks have started so far, for [`abort_first`](Self::abort_first).
    pub(crate) fn started(&self) -> u64 {
        lock(&self.inner().running).added()
    }

    /// Aborts those of the `first` tasks that are running, and returns their names.
    pub(crate) fn abort_first(&self, first: u64) -> Vec<String> {
        let all = self.all();
        let Some((own, sources)) = all.split_last() else { return Vec::new() };
        let mut names = Vec::new();
        // What runs on another tracker started before it became a handle on this one.
        for (inner, first) in sources.iter().map(|inner| (inner, u64::MAX)).chain([(own, first)]) {
            let (aborted, handles) = lock(&inner.running).abort(first);
            names.extend(aborted);
            for handle in handles {
                handle.abort();
            }
        }
        names
    }

    /// Aborts the running tasks, and waits a moment until they have ended, and the teardowns of what they held. Returns
    /// their names.
    pub(crate) async fn abort(&self) -> Vec<String> {
        let mut names = self.abort_first(u64::MAX);
        if timeout(ABORT_TIMEOUT, self.wait()).await.is_err() {
            names.extend(self.abort_first(u64::MAX));
        }
        names
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tasks").field(&self.running()).finish()
    }
}

/// Guard that removes a task from the list when the task ends, is aborted or panics.
struct Done {
    inner: Arc<Inner>,
    key: Key,
}

impl Done {
    /// Removes the task, and returns its name.
    fn end(&self) -> Option<Cow<'static, str>> {
        lock(&self.inner.running).remove(self.key)
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        self.end();
    }
}

/// Error returned when tasks are still running at the deadline of a shutdown. They are aborted.
///
/// ```
/// use std::time::Duration;
/// use inject_runtime::Tasks;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tasks = Tasks::default();
/// tasks.spawn("endless", std::future::pending());
/// let error = tasks.drain(Duration::from_millis(1)).await.expect_err("it does not end");
/// assert_eq!(error.names(), ["endless"]);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DrainError {
    names: Vec<String>,
    deadline: Duration,
}

impl DrainError {
    /// Returns an error if there are tasks to name.
    pub(crate) fn check(names: Vec<String>, deadline: Duration) -> Result<(), Self> {
        if names.is_empty() { Ok(()) } else { Err(Self { names, deadline }) }
    }

    /// Returns the names of the tasks.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl fmt::Display for DrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not done after {:?}, and aborted: {}", self.deadline, self.names.join(", "))
    }
}

impl std::error::Error for DrainError {}
