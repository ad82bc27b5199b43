//! Tasks that outlive their requests.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::{runtime::Handle, task::AbortHandle};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::{boxed::BoxFuture, panic::panic_message};

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
    /// Tracker that is used instead of this one.
    forward: OnceLock<Tasks>,
}

#[derive(Default)]
struct Running {
    next: u64,
    tasks: BTreeMap<u64, (Cow<'static, str>, Option<AbortHandle>)>,
}

impl Tasks {
    /// Starts a task. If the task panics, or no runtime is running, this is logged under `name`.
    pub fn spawn(&self, name: impl Into<Cow<'static, str>>, task: impl Future<Output = ()> + Send + 'static) {
        self.start(name.into(), Box::pin(task));
    }

    /// Makes this tracker, and every clone of it, a handle on `other`.
    pub(crate) fn forward_to(&self, other: &Self) {
        if !Arc::ptr_eq(&self.0, &other.0) {
            _ = self.0.forward.set(other.clone());
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

    pub(super) fn start(&self, name: Cow<'static, str>, task: BoxFuture<'static, ()>) {
        let Ok(runtime) = Handle::try_current() else {
            tracing::error!(task = &*name, "not started: the runtime has shut down");
            return;
        };
        let inner = self.inner();
        let id = {
            let mut running = inner.lock();
            let id = running.next;
            running.next += 1;
            running.tasks.insert(id, (name.clone(), None));
            id
        };
        let done = Done { tracker: Arc::clone(inner), id };
        let task = inner.tracker.spawn_on(
            async move {
                let _done = done;
                if let Err(panic) = AssertUnwindSafe(task).catch_unwind().await {
                    tracing::error!(task = &*name, panic = panic_message(&*panic), "panicked");
                }
            }
            // Logged as a part of the request that started it.
            .in_current_span(),
            &runtime,
        );
        if let Some((_, abort)) = inner.lock().tasks.get_mut(&id) {
            *abort = Some(task.abort_handle());
        }
    }

    /// Returns the names of the running tasks, in the order in which they were started.
    #[must_use]
    pub fn running(&self) -> Vec<String> {
        self.inner().lock().tasks.values().map(|(name, _)| name.to_string()).collect()
    }

    /// Waits until no task is running, including tasks that start in the meantime.
    ///
    /// # Errors
    ///
    /// Returns the names of the tasks that were still running after `deadline`. They are aborted.
    pub async fn drain(&self, deadline: Duration) -> Result<(), DrainError> {
        let drained = async {
            loop {
                let tracker = &self.inner().tracker;
                tracker.close();
                tracker.wait().await;
                if tracker.is_empty() {
                    break;
                }
            }
        };
        if tokio::time::timeout(deadline, drained).await.is_ok() {
            return Ok(());
        }
        let abandoned = std::mem::take(&mut self.inner().lock().tasks);
        let mut names = Vec::new();
        for (name, abort) in abandoned.into_values() {
            if let Some(abort) = abort {
                abort.abort();
            }
            names.push(name.into_owned());
        }
        if names.is_empty() { Ok(()) } else { Err(DrainError { names, deadline }) }
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tasks").field(&self.running()).finish()
    }
}

/// Guard that removes a task from the list when the task ends, is aborted or panics.
struct Done {
    tracker: Arc<Inner>,
    id: u64,
}

impl Drop for Done {
    fn drop(&mut self) {
        self.tracker.lock().tasks.remove(&self.id);
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
