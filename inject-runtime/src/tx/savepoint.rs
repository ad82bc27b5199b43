//! Savepoints in a transaction.

use std::sync::Arc;

use sqlx::{Database, Error};
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

use super::{
    held::lost,
    transaction::{State, Transaction},
    uninterrupted::uninterrupted,
};

/// Open savepoint. If it is dropped, it is rolled back before other clones get the connection.
///
/// It holds the lock of the outer transaction and its connection. Savepoints are a stack: the statements
/// that another task runs through a clone of the outer handle would be inside the savepoint, and be rolled
/// back with it.
pub(super) struct Savepoint<DB: Database> {
    /// `None` after the end.
    open: Option<Open<DB>>,
    runtime: Handle,
}

struct Open<DB: Database> {
    outer: Arc<Transaction<DB>>,
    turn: OwnedMutexGuard<State<DB>>,
    inner: Arc<Transaction<DB>>,
}

impl<DB: Database> Savepoint<DB> {
    /// Opens a savepoint, and returns it with the transaction for use inside it.
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

    /// Ends the savepoint, and keeps or undoes its changes.
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
