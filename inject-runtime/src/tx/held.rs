//! Connection in a transaction.

use std::{io, time::Duration};

use sqlx::{AssertSqlSafe, Database, Error, Pool, SqlSafeStr, SqlStr, pool::PoolConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::{runtime::Handle, sync::OwnedMutexGuard, time::timeout};

use super::rolled_back::Root;
use crate::boxed::BoxFuture;

/// Check that fails if the transaction has failed.
pub(super) type Probe<DB> = fn(&mut <DB as Database>::Connection) -> BoxFuture<'_, Result<(), Error>>;

/// Connection that is closed when it is dropped. Only [`release`](Self::release) returns it to the pool.
/// Therefore no connection with an open transaction gets into the pool, even if a handle is leaked, a task
/// panics or a future is dropped halfway.
pub(super) struct Held<DB: Database> {
    /// `None` after the release.
    connection: Option<PoolConnection<DB>>,
    /// Time limit for rollbacks.
    acquire_timeout: Duration,
    /// Runtime of the connection. The last handle may be dropped on another thread.
    runtime: Handle,
    /// Transaction that is never committed, to which the connection is released in place of the pool.
    home: Option<OwnedMutexGuard<Root<DB>>>,
}

/// Statement that begins a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// The one of sqlx.
    Default,
    /// `BEGIN IMMEDIATE` on `SQLite`, where a transaction that reads first and then writes is refused if another one has
    /// written in between, regardless of the busy timeout. On other databases as `Default`.
    ToWrite,
    /// One that a level requires.
    Level(&'static str),
    /// One that begins a transaction that only reads.
    ToRead(&'static str),
    /// One that a level requires, for a transaction that only reads.
    LevelToRead(&'static str),
}

impl Begin {
    fn statement<DB: Database>(self, connection: &mut DB::Connection) -> Option<SqlStr> {
        match self {
            Self::Default => None,
            Self::ToWrite => (backend::<DB>(connection) == "SQLite")
                .then_some("BEGIN IMMEDIATE")
                .map(SqlSafeStr::into_sql_str),
            Self::LevelToRead(statement) if DB::NAME == "PostgreSQL" => {
                let statements = format!("{statement}; SET TRANSACTION READ ONLY");
                // The statement is a constant.
                Some(AssertSqlSafe(statements).into_sql_str())
            }
            Self::Level(statement) | Self::ToRead(statement) | Self::LevelToRead(statement) => {
                Some(statement.into_sql_str())
            }
        }
    }
}

/// Returns the name of the database, also of the one behind `sqlx::Any`.
#[cfg_attr(not(feature = "sqlx-any"), allow(unused_variables))]
pub(super) fn backend<DB: Database>(connection: &mut DB::Connection) -> &'static str {
    #[cfg(feature = "sqlx-any")]
    if let Some(any) = (connection as &mut dyn std::any::Any).downcast_ref::<sqlx_core::any::AnyConnection>()
    {
        return match any.backend_name() {
            "SQLite" => "SQLite",
            "PostgreSQL" => "PostgreSQL",
            "MySQL" => "MySQL",
            _ => DB::NAME,
        };
    }
    DB::NAME
}

/// Parameters for ending a transaction or a savepoint.
pub(super) struct TxEnd<DB: Database> {
    /// Nesting depth of transactions and savepoints afterwards.
    pub(super) depth: usize,
    /// Whether the changes are kept.
    pub(super) commit: bool,
    /// Check to run before a commit.
    pub(super) probe: Option<Probe<DB>>,
}

impl<DB: Database> Held<DB> {
    pub(super) async fn acquire(pool: &Pool<DB>) -> Result<Self, Error> {
        let runtime = Handle::try_current().map_err(|error| Error::Configuration(error.into()))?;
        let acquire_timeout = pool.options().get_acquire_timeout();
        Ok(Self { connection: Some(pool.acquire().await?), acquire_timeout, runtime, home: None })
    }

    /// Returns the connection of a transaction that is never committed, for a unit of work in it.
    pub(super) fn inside(mut root: OwnedMutexGuard<Root<DB>>) -> Option<Self> {
        let mut held = root.take()?;
        held.home = Some(root);
        Some(held)
    }

    pub(super) fn connection(&mut self) -> Option<&mut PoolConnection<DB>> {
        self.connection.as_mut()
    }

    /// Returns the nesting depth of transactions and savepoints. It is never too low: sqlx counts a queued
    /// rollback late, not early.
    pub(super) fn depth(&self) -> usize {
        self.connection
            .as_ref()
            .map_or(0, |connection| DB::TransactionManager::get_transaction_depth(connection))
    }

    /// Begins a transaction, or, inside a transaction, a savepoint, for which the statement does not matter.
    ///
    /// If the database refuses and the connection is unchanged, the error comes with the connection.
    /// Otherwise the connection is closed: when `PostgreSQL` refuses a savepoint, sqlx rolls back one level
    /// too many.
    pub(super) async fn begin(mut self, begin: Begin) -> Result<Self, (Option<Self>, Error)> {
        let Some(connection) = &mut self.connection else {
            return Err((None, lost()));
        };
        let depth = DB::TransactionManager::get_transaction_depth(connection);
        let begin = if depth > 0 { Begin::Default } else { begin };
        let statement = begin.statement::<DB>(connection);
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

    /// Ends the innermost transaction or savepoint. A failed commit is rolled back. If the rollback is not
    /// certain, the connection is closed and not returned.
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
        // If a transaction of sqlx was begun on this connection and never ended, the commit was only of
        // that one.
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

    /// Rolls back on a separate task.
    pub(super) fn abandon(self) {
        let runtime = self.runtime.clone();
        let depth = usize::from(self.home.is_some());
        runtime.spawn(async move {
            let (held, result) = self.end(&TxEnd { depth, commit: false, probe: None }).await;
            if let Err(error) = result {
                tracing::error!(%error, "an abandoned transaction could not be rolled back; its connection is closed");
            }
            held.map(Self::release)
        });
    }

    /// Returns the connection to the pool, or to the transaction that is never committed. It must be in no other.
    pub(super) fn release(mut self) {
        if let Some(mut home) = self.home.take() {
            home.give_back(self);
            return;
        }
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

/// Error for a closed connection, whose changes are rolled back.
pub(super) fn lost() -> Error {
    let message = "the connection of the transaction was closed, and its changes were rolled back";
    Error::Io(io::Error::new(io::ErrorKind::ConnectionAborted, message))
}

/// Error for a transaction that the user of the connection or sqlx has rolled back: the next statements
/// would not be in a transaction.
pub(super) fn rolled_back() -> Error {
    Error::InvalidArgument(
        "the transaction was rolled back on its connection, not by one of its handles".to_owned(),
    )
}

/// Error for a transaction of `MySQL` that the server has ended.
pub(super) fn ended_by_server() -> Error {
    let message = "the transaction ended before its commit: in a deadlock, which rolls it back, or by a statement that commits, such as `CREATE TABLE`";
    Error::InvalidArgument(message.to_owned())
}

fn rollback_timed_out() -> Error {
    let message = "the transaction was not rolled back in time; its connection is closed";
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, message))
}
