//! A connection in a transaction.

use std::{io, time::Duration};

use sqlx::{Database, Error, Pool, SqlSafeStr, pool::PoolConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::{runtime::Handle, time::timeout};

use crate::boxed::BoxFuture;

/// Fails where the transaction has failed.
pub(super) type Probe<DB> = fn(&mut <DB as Database>::Connection) -> BoxFuture<'_, Result<(), Error>>;

/// A connection that is closed when it is dropped. Only [`release`](Self::release) gives it back to the pool, so that whatever is
/// forgotten, panics or is given up half-way, no connection gets there with a transaction open on it.
pub(super) struct Held<DB: Database> {
    /// `None` once it is released.
    connection: Option<PoolConnection<DB>>,
    /// How long to wait for what must not take long.
    acquire_timeout: Duration,
    /// Where the connection lives. The last handle on it may be dropped elsewhere.
    runtime: Handle,
}

/// How to end a transaction or a savepoint.
pub(super) struct TxEnd<DB: Database> {
    /// How deep the connection is in transactions and savepoints afterwards.
    pub(super) depth: usize,
    /// Whether to keep what was done.
    pub(super) commit: bool,
    /// What to ask before a commit.
    pub(super) probe: Option<Probe<DB>>,
}

impl<DB: Database> Held<DB> {
    pub(super) async fn acquire(pool: &Pool<DB>) -> Result<Self, Error> {
        let runtime = Handle::try_current().map_err(|error| Error::Configuration(error.into()))?;
        let acquire_timeout = pool.options().get_acquire_timeout();
        Ok(Self { connection: Some(pool.acquire().await?), acquire_timeout, runtime })
    }

    pub(super) fn connection(&mut self) -> Option<&mut PoolConnection<DB>> {
        self.connection.as_mut()
    }

    /// How deep it is in transactions and savepoints. Never too little: sqlx counts a rollback that it has queued late, not early.
    pub(super) fn depth(&self) -> usize {
        self.connection
            .as_ref()
            .map_or(0, |connection| DB::TransactionManager::get_transaction_depth(connection))
    }

    /// Begins a transaction; in a transaction, a savepoint.
    ///
    /// If the database refuses it and the connection is as it was, the error comes with the connection. Otherwise it is closed: sqlx
    /// answers a savepoint that `PostgreSQL` refuses by rolling back one level more.
    pub(super) async fn begin(
        mut self,
        statement: Option<&'static str>,
    ) -> Result<Self, (Option<Self>, Error)> {
        let Some(connection) = &mut self.connection else {
            return Err((None, lost()));
        };
        let depth = DB::TransactionManager::get_transaction_depth(connection);
        let statement = statement.map(SqlSafeStr::into_sql_str);
        match DB::TransactionManager::begin(connection, statement).await {
            Ok(()) => Ok(self),
            Err(error @ Error::Database(_))
                if DB::TransactionManager::get_transaction_depth(connection) == depth =>
            {
                Err((Some(self), error))
            }
            Err(error) => Err((None, error)),
        }
    }

    /// Ends what was begun last. Whatever cannot be committed is rolled back; if it is not certain that it is, there is no connection
    /// any more.
    pub(super) async fn end(mut self, end: &TxEnd<DB>) -> (Option<Self>, Result<(), Error>) {
        let committed = if end.commit {
            match self.commit(end).await {
                Ok(()) => return (Some(self), Ok(())),
                Err(error) => Err(error),
            }
        } else {
            Ok(())
        };
        match timeout(self.acquire_timeout, self.roll_back(end.depth)).await {
            Ok(Ok(())) => (Some(self), committed),
            Ok(Err(error)) => (None, committed.and(Err(error))),
            Err(_) => (None, committed.and(Err(rollback_timed_out()))),
        }
    }

    async fn commit(&mut self, end: &TxEnd<DB>) -> Result<(), Error> {
        let Some(connection) = &mut self.connection else {
            return Err(lost());
        };
        if let Some(probe) = end.probe {
            probe(connection).await?;
        }
        if DB::TransactionManager::get_transaction_depth(connection) <= end.depth {
            return Err(rolled_back());
        }
        DB::TransactionManager::commit(connection).await?;
        // A transaction of sqlx's that was begun on this connection and never ended: the commit was only of that one.
        if DB::TransactionManager::get_transaction_depth(connection) == end.depth {
            Ok(())
        } else {
            Err(Error::InvalidArgument("a savepoint of the transaction is still open".to_owned()))
        }
    }

    async fn roll_back(&mut self, depth: usize) -> Result<(), Error> {
        let Some(connection) = &mut self.connection else {
            return Err(lost());
        };
        while DB::TransactionManager::get_transaction_depth(connection) > depth {
            DB::TransactionManager::rollback(connection).await?;
        }
        if self.depth() == depth { Ok(()) } else { Err(rolled_back()) }
    }

    /// Rolls back on a task of its own.
    pub(super) fn abandon(self) {
        let runtime = self.runtime.clone();
        runtime.spawn(async {
            let (held, result) = self.end(&TxEnd { depth: 0, commit: false, probe: None }).await;
            if let Err(error) = result {
                tracing::error!(%error, "an abandoned transaction could not be rolled back; its connection is closed");
            }
            held.map(Self::release)
        });
    }

    /// Gives the connection back to the pool. It is in no transaction.
    pub(super) fn release(mut self) {
        let _context = self.runtime.enter();
        drop(self.connection.take());
    }
}

impl<DB: Database> Drop for Held<DB> {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _context = self.runtime.enter();
            connection.close_on_drop();
            drop(connection);
        }
    }
}

/// The connection is gone, and what was done on it is rolled back.
pub(super) fn lost() -> Error {
    let message = "the connection of the transaction was closed, and what was done on it rolled back";
    Error::Io(io::Error::new(io::ErrorKind::ConnectionAborted, message))
}

/// Somebody has rolled back on the connection itself, or sqlx has: what follows would not be in a transaction.
pub(super) fn rolled_back() -> Error {
    Error::InvalidArgument("the transaction was rolled back behind its handles".to_owned())
}

fn rollback_timed_out() -> Error {
    let message = "the transaction was not rolled back in time; its connection is closed";
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, message))
}
