//! The stop of a server: its notifications, its time limits, and the work that it drops.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{connection::Connections, error::UnfinishedRequests};
use crate::{
    boxed::BoxFuture,
    frame::{DrainError, Tasks},
};

/// Tells the holders of a [`Stopping`](crate::Stopping) when it is dropped: at the stop of the server, or with the future
/// of the server.
pub(super) struct StopOnDrop(pub(super) Tasks);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Stop of a server.
pub(super) struct Stop {
    pub(super) deadline: Duration,
    /// Waits for another signal, which ends a wait like the deadline.
    pub(super) next_signal: fn() -> BoxFuture<'static, ()>,
}

impl Stop {
    /// Ends the requests and tasks. When the returned future completes, the resources of the requests are closed.
    pub(super) async fn run(
        &self,
        connections: Connections,
        tasks: &Tasks,
        notification: StopOnDrop,
    ) -> (Result<(), UnfinishedRequests>, Result<(), DrainError>) {
        let (start, started_before) = (Instant::now(), tasks.started());
        connections.stop();
        drop(notification);
        let ended = async {
            connections.ended().await;
            // The connections start no more.
            tasks.wait().await;
        };
        if self.in_time(ended).await {
            return (Ok(()), Ok(()));
        }
        let elapsed = Duration::from_millis(start.elapsed().as_millis().try_into().unwrap_or(u64::MAX));
        let waited = elapsed.min(self.deadline);
        let mut aborted = tasks.abort_first(started_before);
        let requests = UnfinishedRequests::check(connections.drop_requests().await, waited);
        if let Err(requests) = &requests {
            tracing::warn!("{requests}");
        }
        // What is left has started since: the teardowns of what was dropped, and what the requests left.
        if !self.in_time(tasks.wait()).await {
            aborted.extend(tasks.abort().await);
        }
        let tasks = DrainError::check(aborted, waited);
        if let Err(tasks) = &tasks {
            tracing::warn!("background tasks {tasks}");
        }
        (requests, tasks)
    }

    /// Waits for `work`, at most until the deadline or the next signal. Returns whether it was done.
    async fn in_time(&self, work: impl Future<Output = ()>) -> bool {
        tokio::select! {
            biased;
            () = work => true,
            () = sleep(self.deadline) => false,
            () = (self.next_signal)() => false,
        }
    }
}
