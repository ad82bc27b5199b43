//! Savepoints in a transaction.

use std::sync::Arc;

use sqlx::{Database, Error};
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

use super::{
    held::{Begin, lost},
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
            match held.begin(Begin::Default).await {
                Ok(held) => {
                    let inner = Arc::new(outer.savepoint(held, turn.savepoints()));
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

/// Open savepoint for all handles on a transaction. If it is dropped, it is rolled back.
///
/// The connection stays in the transaction: statements of any handle are in the savepoint.
pub(super) struct SharedSavepoint<DB: Database> {
    /// `None` after the end.
    open: Option<Shared<DB>>,
    runtime: Handle,
}

struct Shared<DB: Database> {
    transaction: Arc<Transaction<DB>>,
    /// Number of savepoints around this one.
    level: usize,
    /// Number of futures that waited for the commit before.
    waiting: usize,
}

impl<DB: Database> SharedSavepoint<DB> {
    /// Opens a savepoint inside of `level` others.
    pub(super) async fn open(transaction: &Arc<Transaction<DB>>, level: usize) -> Result<Self, Error> {
        let mut turn = transaction.begun().await?;
        if turn.savepoints() != level {
            return Err(other_savepoint());
        }
        let transaction = Arc::clone(transaction);
        let runtime = Handle::try_current().map_err(|error| Error::Configuration(error.into()))?;
        uninterrupted(async move {
            let Some(held) = turn.lend() else {
                return Err(lost());
            };
            match held.begin(Begin::Default).await {
                Ok(held) => {
                    turn.give_back(held);
                    turn.set_savepoints(level + 1);
                    let waiting = transaction.on_commit().len();
                    Ok(Self { open: Some(Shared { transaction, level, waiting }), runtime })
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

    /// Ends the savepoint, and keeps or undoes the changes since its beginning.
    pub(super) async fn end(mut self, commit: bool) -> Result<(), Error> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        // Until then, a dropped future rolls it back.
        let turn = open.transaction.begun().await?;
        match self.open.take() {
            Some(open) => uninterrupted(open.end(turn, commit)).await,
            None => Ok(()),
        }
    }
}

impl<DB: Database> Shared<DB> {
    async fn end(self, mut turn: OwnedMutexGuard<State<DB>>, commit: bool) -> Result<(), Error> {
        let Some(held) = turn.lend() else {
            return if commit { Err(lost()) } else { Ok(()) };
        };
        let (held, result) = held.end(&self.transaction.savepoint_end(self.level, commit)).await;
        if let Some(held) = held {
            turn.give_back(held);
        }
        turn.set_savepoints(self.level);
        if !commit || result.is_err() {
            self.transaction.on_commit().truncate(self.waiting);
        }
        result
    }
}

impl<DB: Database> Drop for SharedSavepoint<DB> {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            // Before another handle runs a statement, if none does at the moment.
            let turn = open.transaction.try_lock();
            self.runtime.spawn(async {
                let turn = match turn {
                    Some(turn) => turn,
                    None => open.transaction.wait_for_lock().await,
                };
                if let Err(error) = open.end(turn, false).await {
                    tracing::error!(%error, "the rollback to a dropped savepoint failed");
                }
            });
        }
    }
}

fn other_savepoint() -> Error {
    let message = "a savepoint of the unit of work is open: use the handle that its closure receives";
    Error::InvalidArgument(message.to_owned())
}
