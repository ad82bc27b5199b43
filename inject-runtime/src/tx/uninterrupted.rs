//! Futures that end, whatever becomes of whoever awaits them.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;
use tracing::instrument::Instrument;

use crate::boxed::BoxFuture;

/// Runs a future to its end: dropped before that, it hands the rest to a task of its own.
///
/// For what leaves a connection in doubt when it stops half-way: `BEGIN`, `COMMIT`, `ROLLBACK`.
pub(super) struct Uninterrupted<T: Send + 'static> {
    /// `None` at the end, and while it is polled: a future that has panicked is not continued.
    rest: Option<BoxFuture<'static, T>>,
    /// The runtime that it was started on; it may be dropped elsewhere.
    runtime: Option<Handle>,
}

pub(super) fn uninterrupted<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> Uninterrupted<T> {
    Uninterrupted { rest: Some(Box::pin(future.in_current_span())), runtime: Handle::try_current().ok() }
}

impl<T: Send + 'static> Future for Uninterrupted<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(mut rest) = self.rest.take() else {
            // As any future that is polled after its end.
            return Poll::Pending;
        };
        let poll = rest.as_mut().poll(cx);
        if poll.is_pending() {
            self.rest = Some(rest);
        }
        poll
    }
}

impl<T: Send + 'static> Drop for Uninterrupted<T> {
    fn drop(&mut self) {
        if let (Some(rest), Some(runtime)) = (self.rest.take(), &self.runtime) {
            runtime.spawn(rest);
        }
    }
}
