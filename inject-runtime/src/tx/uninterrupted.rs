//! Futures that run to their end, even if they are dropped.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;
use tracing::instrument::Instrument;

use crate::boxed::BoxFuture;

/// Future that runs to its end: if it is dropped before, the rest runs on a task of its own.
///
/// For operations that leave a connection in an unknown state when they stop halfway: `BEGIN`, `COMMIT`,
/// `ROLLBACK`.
pub(super) struct Uninterrupted<T: Send + 'static> {
    /// `None` after the end, and during a poll: a future that has panicked is not continued.
    rest: Option<BoxFuture<'static, T>>,
    /// Runtime on which the future was started; it may be dropped on another thread.
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
            // Like any future that is polled after its end.
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
