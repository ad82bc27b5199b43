//! Handle that only reads, and the guard of the connection.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Database, Error, Executor, Pool};

use super::{
    HasPool, Mode,
    transaction::{EndError, Transaction, Turn},
};

/// Handle on one transaction that only reads, which all clones share.
///
/// On `PostgreSQL` and `MySQL`, it begins as `READ ONLY`, and the database refuses writes. `SQLite` has no
/// such transactions. On every database it ends with a rollback, so that an accidental write is not kept. A
/// function that writes takes a `&mut Tx<DB>`, which a `ReadTx` does not provide:
///
/// ```compile_fail,E0308
/// use inject_runtime::tx::{ReadTx, Tx};
/// use sqlx::Sqlite;
///
/// async fn clear(tx: &mut Tx<Sqlite>) -> sqlx::Result<()> {
///     sqlx::query("DELETE FROM book").execute(tx).await?;
///     Ok(())
/// }
///
/// async fn report(tx: &mut ReadTx<Sqlite>) -> sqlx::Result<()> {
///     clear(tx).await
/// }
/// ```
///
/// `P` is the [pool](HasPool). A replica for reads is a field of the container under a qualifier:
///
/// ```
/// use inject_runtime::{Qualified, container, repository, tx::ReadTx};
/// use sqlx::{PgPool, Postgres};
///
/// /// Qualifier of the pool of the replica.
/// pub struct Replica;
///
/// type ReplicaTx = ReadTx<Postgres, Qualified<PgPool, Replica>>;
///
/// #[repository(scope = request)]
/// pub struct Reports {
///     tx: ReplicaTx,
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     pool: PgPool,
///     #[input]
///     #[qualifier(Replica)]
///     replica: PgPool,
/// }
/// ```
pub struct ReadTx<DB: Database, P = Pool<DB>> {
    pub(super) transaction: Arc<Transaction<DB>>,
    pool: PhantomData<fn() -> P>,
}

/// Guard of the connection of a [`Tx`](super::Tx) or [`ReadTx`], which other clones cannot use until it is dropped.
///
/// It dereferences to the connection.
pub struct TxConnection<'tx, DB: Database> {
    turn: Turn<DB>,
    handle: PhantomData<&'tx mut Transaction<DB>>,
}

impl<DB: Database, P> ReadTx<DB, P> {
    /// Returns a handle on a transaction.
    pub(super) const fn of(transaction: Arc<Transaction<DB>>) -> Self {
        Self { transaction, pool: PhantomData }
    }

    /// Returns the connection of the transaction, which begins now if it has not begun.
    ///
    /// A statement needs no connection: it takes the handle, as in `query.fetch_one(&mut tx)`. The connection itself is for
    /// functions that take one, and for several statements between which no clone runs one.
    ///
    /// This handle has exclusive use of the connection until the [`TxConnection`] is dropped.
    ///
    /// # Errors
    ///
    /// If the pool provides no connection, or the database refuses to begin. [`Error::PoolTimedOut`] if
    /// other clones do not release the connection; [`Error::InvalidArgument`] if the transaction has ended;
    /// [`Error::Io`] if its connection had to be closed.
    pub async fn acquire(&mut self) -> Result<TxConnection<'_, DB>, Error> {
        Ok(TxConnection { turn: self.transaction.turn().await?, handle: PhantomData })
    }
}

impl<DB: Database, P: HasPool<Database = DB>> ReadTx<DB, P>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// Creates a transaction that begins with its first use.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "a pool is a handle, as the transaction is")]
    pub fn new(pool: P) -> Self {
        Self::of(Arc::new(Transaction::new(pool.pool().clone(), Mode::reading())))
    }

    /// Runs `body` in a transaction that only reads, and ends it.
    ///
    /// # Errors
    ///
    /// Returns the error of `body`.
    pub async fn run<T, E>(pool: &P, body: impl AsyncFnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let mut tx = Self::of(Arc::new(Transaction::new(pool.pool().clone(), Mode::reading())));
        let result = body(&mut tx).await;
        if let Err(error) = tx.close().await {
            // There are no changes to keep, and the connection is closed.
            tracing::warn!(%error, "a read-only transaction did not end properly");
        }
        result
    }
}

impl<DB: Database, P> ReadTx<DB, P> {
    /// Ends the transaction. On a handle that is the reading side of a [`Tx`], does nothing: the `Tx` ends
    /// it.
    pub(super) async fn close(self) -> Result<(), Error> {
        if self.transaction.mode().commits {
            return Ok(());
        }
        match self.transaction.end(false).await {
            Ok(_) | Err(EndError::Ended) => Ok(()),
            Err(EndError::Failed(error)) => Err(error),
        }
    }
}

impl<DB: Database> Deref for TxConnection<'_, DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.turn
    }
}

impl<DB: Database> DerefMut for TxConnection<'_, DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.turn
    }
}

impl<DB: Database> fmt::Debug for TxConnection<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TxConnection").finish_non_exhaustive()
    }
}
