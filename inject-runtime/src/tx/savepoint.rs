//! Savepoints.

use std::sync::Arc;

use sqlx::{Database, Error};
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

use super::{
    held::lost,
    transaction::{State, Transaction},
    uninterrupted::uninterrupted,
};

/// A savepoint that is open. Dropped, it is rolled back to before anybody else gets a turn.
///
/// It holds the turn of the outer transaction, and has taken the connection over: savepoints are a stack, so that what another task would do
/// meanwhile through a clone of the outer handle would be inside of it, and be rolled back with it.
pub(super) struct Savepoint<DB: Database> {
    /// `None` once it has ended.
    open: Option<Open<DB>>,
    runtime: Handle,
}

struct Open<DB: Database> {
    outer: Arc<Transaction<DB>>,
    turn: OwnedMutexGuard<State<DB>>,
    inner: Arc<Transaction<DB>>,
}

impl<DB: Database> Savepoint<DB> {
    /// Opens it; inside of it, the second is the transaction.
    pub(super) async fn new(outer: &Arc<Transaction<DB>>) -> Result<(Self, Arc<Transaction<DB>>), Error> {
        let mut turn = outer.begun().await?;
        let outer = Arc::clone(outer);
        let runtime = Handle::try_current().map_err(|error| Error::Configuration(error.into()))?;
        uninterrupted(async move {
            let Some(held) = turn.lend() else {
                return Err(lost());
            };
            match held.begin(None).await {
                Ok(held) => {
                    let inner = Arc::new(outer.savepoint(held));
                    let open = Open { outer, turn, inner: Arc::clone(&inner) };
                    Ok((Self { open: Some(open), runtime }, inner))
                }
                Err((held, error)) => {
                    if let Some(held) = held {
                        turn.give_back(held);
                    }
                    Err(error)
                }
            }
        })
        .await
    }

    /// Ends it: with its changes, or without.
    pub(super) async fn end(mut self, commit: bool) -> Result<(), Error> {
        match self.open.take() {
            Some(open) => uninterrupted(open.end(commit)).await,
            None => Ok(()),
        }
    }
}

impl<DB: Database> Open<DB> {
    async fn end(mut self, commit: bool) -> Result<(), Error> {
        let (held, result) = self.inner.close(commit).await;
        if let Some(held) = held {
            self.turn.give_back(held);
        }
        self.outer.on_commit().append(result?);
        Ok(())
    }
}

impl<DB: Database> Drop for Savepoint<DB> {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            self.runtime.spawn(async {
                if let Err(error) = open.end(false).await {
                    tracing::error!(%error, "the rollback to a dropped savepoint failed");
                }
            });
        }
    }
}
