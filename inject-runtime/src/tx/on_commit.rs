//! What is to happen once a transaction is committed.

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
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs them, one after the other, in the order in which they were registered. A panic ends one and not the others.
    pub(crate) async fn run(self) {
        for future in self.0 {
            if AssertUnwindSafe(future).catch_unwind().await.is_err() {
                tracing::error!("an `on_commit` callback panicked");
            }
        }
    }

    /// Runs them on a task of its own.
    pub(crate) fn spawn(self) {
        if self.0.is_empty() {
            return;
        }
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(self.run())),
            Err(error) => tracing::error!(%error, "no runtime for the `on_commit` callbacks"),
        }
    }
}

/// Where they wait.
pub(super) struct Queue(Mutex<Option<OnCommit>>);

impl Queue {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Some(OnCommit::default())))
    }

    /// Whether the queue is still open; when it is not, the future is dropped.
    #[must_use]
    pub(super) fn push(&self, future: impl Future<Output = ()> + Send + 'static) -> bool {
        self.with(|queue| queue.as_mut().map(|queue| queue.0.push(Box::pin(future.in_current_span()))))
            .is_some()
    }

    /// Takes over what waited for an inner commit.
    pub(super) fn append(&self, mut inner: OnCommit) {
        self.with(|queue| queue.as_mut().map(|queue| queue.0.append(&mut inner.0)));
    }

    /// Ends the queue.
    pub(super) fn close(&self) -> OnCommit {
        self.with(mem::take).unwrap_or_default()
    }

    fn with<T>(&self, f: impl FnOnce(&mut Option<OnCommit>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
