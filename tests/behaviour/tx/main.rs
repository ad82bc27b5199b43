//! The unit of work: on `SQLite` always, on `PostgreSQL` where `DATABASE_URL` says so.

mod databases;
mod postgres;
mod sqlite;

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use sqlx::{Database, Pool};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    async fn add(self, event: &'static str) {
        tokio::task::yield_now().await;
        self.0.lock().expect("no panic while logging").push(event);
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().expect("no panic while logging"))
    }

    /// Waits until something has happened.
    async fn next(&self) -> Vec<&'static str> {
        until(|| !self.0.lock().expect("no panic while logging").is_empty()).await;
        self.take()
    }
}

/// Waits for something that nobody announces.
async fn until(mut condition: impl FnMut() -> bool) {
    let poll = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(LONG, poll).await.expect("it happens in the end");
}

/// Waits until all connections of the pool are idle.
async fn whole<DB: Database>(pool: &Pool<DB>) {
    until(|| pool.num_idle() == pool.size() as usize).await;
}

/// Polls a future that many times, with time in between, and drops it. Whether it was done.
async fn give_up_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    for _ in 0..polls {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(value);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    None
}
