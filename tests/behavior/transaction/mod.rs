//! `Tx` on `SQLite`, on `PostgreSQL` if `DATABASE_URL` is set, and on `MySQL` or `MariaDB` if `MYSQL_URL` is.

mod any;
mod databases;
mod executor;
mod mysql;
mod pools;
mod postgres;
mod requests;
mod rolled_back;
mod row_security;
mod settings;
mod sqlite;
mod unit_of_work;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use sqlx::{Database, Pool};

use crate::support::{self, until};

/// Events in the order in which they happened, added by futures.
#[derive(Clone, Default)]
struct Log(support::Log);

impl Log {
    async fn add(self, event: &'static str) {
        tokio::task::yield_now().await;
        self.0.add(event);
    }

    fn take(&self) -> Vec<String> {
        self.0.take()
    }

    /// Waits for an event. Removes and returns all events.
    async fn next(&self) -> Vec<String> {
        until(|| !self.0.is_empty()).await;
        self.take()
    }
}

/// Waits until all connections of the pool are idle.
async fn all_idle<DB: Database>(pool: &Pool<DB>) {
    until(|| pool.num_idle() == pool.size() as usize).await;
}

/// Polls a future `polls` times, a millisecond apart, and drops it. Returns its value if it is ready.
async fn drop_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    for _ in 0..polls {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(value);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    None
}
