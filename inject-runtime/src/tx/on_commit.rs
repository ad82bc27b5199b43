//! Futures that run after the commit of a transaction.

use std::{
    mem,
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
};

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tracing::instrument::Instrument;

use crate::boxed::BoxFuture;

/// Futures that wait for a commit. They have not been polled yet.
#[derive(Default)]
pub(crate) struct OnCommit(Vec<BoxFuture<'static, ()>>);

impl OnCommit {
    /// Returns whether there are no futures.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs the futures one after the other, in the order of their registration. If one panics, the next
    /// ones still run.
    pub(crate) async fn run(self) {
        for future in self.0 {
            if AssertUnwindSafe(future).catch_unwind().await.is_err() {
                tracing::error!("an `on_commit` callback panicked");
            }
        }
    }

    /// Runs the futures on a task of their own.
    pub(crate) fn spawn(self) {
        if self.0.is_empty() {
            return;
        }
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(self.run())),
            Err(error) => {
                tracing::error!(%error, "no runtime for the `on_commit` callbacks");
            }
        }
    }
}

/// Queue of a transaction, which is closed when it ends.
pub(super) struct Queue(Mutex<Option<OnCommit>>);

impl Queue {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Some(OnCommit::default())))
    }

    /// Adds a future. Returns whether the queue is still open; if it is closed, the future is dropped.
    #[must_use]
    pub(super) fn push(&self, future: impl Future<Output = ()> + Send + 'static) -> bool {
        self.with(|queue| queue.as_mut().map(|queue| queue.0.push(Box::pin(future.in_current_span()))))
            .is_some()
    }

    /// Adds the futures of a committed savepoint.
    pub(super) fn append(&self, mut inner: OnCommit) {
        self.with(|queue| queue.as_mut().map(|queue| queue.0.append(&mut inner.0)));
    }

    /// Returns the number of futures.
    pub(super) fn len(&self) -> usize {
        self.with(|queue| queue.as_ref().map_or(0, |queue| queue.0.len()))
    }

    /// Drops the futures after the first `len`, which a rolled back savepoint has added.
    pub(super) fn truncate(&self, len: usize) {
        self.with(|queue| {
            if let Some(queue) = queue {
                queue.0.truncate(len);
            }
        });
    }

    /// Closes the queue, and returns its futures.
    pub(super) fn close(&self) -> OnCommit {
        self.with(mem::take).unwrap_or_default()
    }

    fn with<T>(&self, f: impl FnOnce(&mut Option<OnCommit>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
