//! The unit of work over a pool of `sqlx`: one transaction for everything that a request does.
//!
//! [`Tx`] reads and writes, [`ReadTx`] only reads, [`IsolatedTx`] is a `Tx` at a given isolation level. All are handles:
//! cheap to clone, and whatever the clones do, they do in the same transaction.

mod extract;
mod held;
mod isolation;
mod on_commit;
mod savepoint;
mod transaction;
mod uninterrupted;

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use futures_util::FutureExt;
use sqlx::{Database, Error, Executor, Pool};

pub use self::isolation::{Immediate, IsolatedTx, Isolation, ReadCommitted, RepeatableRead, Serializable};
use self::{
    on_commit::OnCommit,
    savepoint::Savepoint,
    transaction::{EndError, Mode, Transaction, Turn},
    uninterrupted::uninterrupted,
};
use crate::{
    layer::{Common, Layered},
    scope::{Outcome, Teardown},
};

/// One transaction, shared by all who have a clone of this handle.
///
/// It begins with its first use: until then it takes no connection from the pool. Repositories take it as a parameter, `&mut Tx<DB>`, so
/// that what several of them do is done together or not at all; one that only reads takes a `&mut ReadTx<DB>`, which a
/// `&mut Tx<DB>` turns into by itself.
///
/// ```
/// use inject_runtime::{repository, service, tx::{ReadTx, Tx}};
/// use sqlx::Sqlite;
///
/// #[repository]
/// pub struct Accounts;
///
/// impl Accounts {
///     async fn balance(&self, tx: &mut ReadTx<Sqlite>, id: i64) -> sqlx::Result<i64> {
///         let query = sqlx::query_scalar("SELECT balance FROM account WHERE id = ?").bind(id);
///         query.fetch_one(&mut *tx.acquire().await?).await
///     }
///
///     async fn add(&self, tx: &mut Tx<Sqlite>, id: i64, amount: i64) -> sqlx::Result<()> {
///         let query = sqlx::query("UPDATE account SET balance = balance + ? WHERE id = ?").bind(amount).bind(id);
///         query.execute(&mut *tx.acquire().await?).await?;
///         Ok(())
///     }
/// }
///
/// #[service]
/// pub struct Bank {
///     accounts: Accounts,
/// }
///
/// impl Bank {
///     pub async fn transfer(&self, tx: &mut Tx<Sqlite>, from: i64, to: i64, amount: i64) -> sqlx::Result<bool> {
///         if self.accounts.balance(tx, from).await? < amount {
///             return Ok(false);
///         }
///         self.accounts.add(tx, from, -amount).await?;
///         self.accounts.add(tx, to, amount).await?;
///         Ok(true)
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() -> sqlx::Result<()> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::raw_sql("CREATE TABLE account (id INTEGER, balance INTEGER); INSERT INTO account VALUES (1, 10), (2, 0);").execute(&pool).await?;
/// // Outside of a request: a job, a test.
/// let bank = Bank { accounts: Accounts };
/// let done = Tx::run(&pool, async |tx| bank.transfer(tx, 1, 2, 7).await).await?;
/// assert!(done);
/// # let balance: i64 = sqlx::query_scalar("SELECT balance FROM account WHERE id = 2").fetch_one(&pool).await?;
/// # assert_eq!(balance, 7);
/// # Ok(())
/// # }
/// ```
///
/// # The end
///
/// In a request, the scope commits it before the answer is sent if the handler answers with a status below 400, and otherwise rolls it
/// back: also when the handler panics, or its client is gone. Elsewhere it is [`run`](Self::run), [`commit`](Self::commit)
/// and [`rollback`](Self::rollback); when the last handle is dropped, it is rolled back. After the end, a clone that somebody has kept is
/// refused with an error; it never begins another transaction.
///
/// No connection goes back to the pool with a transaction open on it. Where a rollback fails, or is not done within the pool's
/// [`acquire_timeout`](sqlx::pool::PoolOptions::acquire_timeout), the connection is closed.
///
/// A commit that starts is not interrupted: when whoever waits for it is gone, it goes on by itself. On `PostgreSQL`, where a transaction in
/// which a statement has failed takes a `COMMIT` for a `ROLLBACK` and says nothing, such a commit is an error.
///
/// What `SQLite` ends by itself, as it does for `INSERT OR ROLLBACK`, nobody notices before the commit, which fails; until then, statements
/// are on their own.
///
/// # Clones take turns
///
/// There is one connection, and [`acquire`](ReadTx::acquire) is a turn to use it. Whoever waits for longer than the pool's
/// `acquire_timeout` gets [`Error::PoolTimedOut`]: say, one who reads rows from a stream and meanwhile uses a clone.
pub struct Tx<DB: Database>(ReadTx<DB>);

/// One transaction that only reads, shared by all who have a clone of this handle.
///
/// On `PostgreSQL` and `MySQL` it is begun as `READ ONLY`, and they refuse to write. `SQLite` has no such transactions. Everywhere
/// it ends with a rollback, so that what is written by mistake is not kept; and a function that writes asks for a
/// `&mut Tx<DB>`, which this is not:
///
/// ```compile_fail,E0308
/// use inject_runtime::tx::{ReadTx, Tx};
/// use sqlx::Sqlite;
///
/// async fn clear(tx: &mut Tx<Sqlite>) -> sqlx::Result<()> {
///     sqlx::query("DELETE FROM book").execute(&mut *tx.acquire().await?).await?;
///     Ok(())
/// }
///
/// async fn report(tx: &mut ReadTx<Sqlite>) -> sqlx::Result<()> {
///     clear(tx).await
/// }
/// ```
pub struct ReadTx<DB: Database> {
    transaction: Arc<Transaction<DB>>,
}

/// A turn to use the connection of a [`Tx`] or [`ReadTx`], until it is dropped.
///
/// It dereferences to the connection: `query.execute(&mut *tx.acquire().await?)`.
pub struct TxConnection<'tx, DB: Database> {
    turn: Turn<DB>,
    handle: PhantomData<&'tx mut ReadTx<DB>>,
}

impl<DB: Database> ReadTx<DB> {
    /// The connection of the transaction, which begins now unless it has.
    ///
    /// It is for this handle alone until the [`TxConnection`] is dropped, which, in `query.execute(&mut *tx.acquire().await?).await?;`, is at
    /// the end of the statement.
    ///
    /// # Errors
    ///
    /// The pool has no connection to give, or the database refuses to begin; [`Error::PoolTimedOut`] if others do not let go of the
    /// connection; [`Error::InvalidArgument`] if the transaction has ended; [`Error::Io`] if its connection had to be closed.
    pub async fn acquire(&mut self) -> Result<TxConnection<'_, DB>, Error> {
        Ok(TxConnection { turn: self.transaction.turn().await?, handle: PhantomData })
    }
}

impl<DB: Database> ReadTx<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// A transaction that begins with its first use.
    #[must_use]
    pub fn new(pool: Pool<DB>) -> Self {
        Self { transaction: Arc::new(Transaction::new(pool, Mode::reading())) }
    }

    /// Runs `body` in a transaction that only reads, and ends it.
    ///
    /// # Errors
    ///
    /// That of `body`.
    pub async fn run<T, E>(
        pool: &Pool<DB>,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = Self::new(pool.clone());
        let result = body(&mut tx).await;
        if let Err(error) = tx.close().await {
            // Nothing was to be kept, and the connection is closed.
            tracing::warn!(%error, "a read-only transaction did not end properly");
        }
        result
    }
}

impl<DB: Database> ReadTx<DB> {
    /// Ends the transaction. On a handle that is the reading side of a [`Tx`], it does nothing: that one ends it.
    async fn close(self) -> Result<(), Error> {
        if self.transaction.commits() {
            return Ok(());
        }
        match self.transaction.end(false).await {
            Ok(_) | Err(EndError::Ended) => Ok(()),
            Err(EndError::Failed(error)) => Err(error),
        }
    }
}

impl<DB: Database> Tx<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// A transaction that begins with its first use.
    #[must_use]
    pub fn new(pool: Pool<DB>) -> Self {
        Self::with(pool, Mode::writing(None))
    }

    /// A transaction that begins now.
    ///
    /// # Errors
    ///
    /// The pool has no connection to give, or the database refuses.
    pub async fn begin(pool: &Pool<DB>) -> Result<Self, Error> {
        let mut tx = Self::new(pool.clone());
        drop(tx.acquire().await?);
        Ok(tx)
    }

    /// Runs `body` in a transaction: commits if it returns `Ok`, and rolls back if it returns `Err`, panics or is dropped half-way.
    ///
    /// # Errors
    ///
    /// That of `body`; or the database's, if it refuses to commit.
    pub async fn run<T, E: From<Error>>(
        pool: &Pool<DB>,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = Self::new(pool.clone());
        let result = body(&mut tx).await;
        tx.finish(result).await
    }
}

impl<DB: Database> Tx<DB> {
    fn with(pool: Pool<DB>, mode: Mode<DB>) -> Self {
        Self(ReadTx { transaction: Arc::new(Transaction::new(pool, mode)) })
    }

    fn transaction(&self) -> &Arc<Transaction<DB>> {
        &self.0.transaction
    }

    /// Commits what all clones have done, and waits for what is to happen [after it](Self::on_commit).
    ///
    /// If it was never begun, there is nothing to commit, and that succeeds. If the future is dropped once it has started, the commit
    /// goes on by itself.
    ///
    /// # Errors
    ///
    /// The database refuses it, somebody does not let go of the connection, or the transaction has ended already. Nothing is kept.
    pub async fn commit(self) -> Result<(), Error> {
        let transaction = self.0.transaction;
        uninterrupted(async {
            transaction.end(true).await?.run().await;
            Ok(())
        })
        .await
    }

    /// Rolls back what all clones have done.
    ///
    /// # Errors
    ///
    /// The transaction has ended already, somebody does not let go of the connection, or it failed and is closed. Nothing is kept.
    pub async fn rollback(self) -> Result<(), Error> {
        self.0.transaction.end(false).await?;
        Ok(())
    }

    /// Commits or rolls back; of two errors, that of the body counts.
    async fn finish<T, E: From<Error>>(self, result: Result<T, E>) -> Result<T, E> {
        match result {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(error) => {
                if let Err(rollback) = self.rollback().await {
                    tracing::warn!(error = %rollback, "the rollback of a transaction failed");
                }
                Err(error)
            }
        }
    }

    /// What is to happen once the transaction is committed, and only then: not if it is rolled back, not if the commit fails, and not if it
    /// is registered in a [nested](Self::nested) part that is rolled back.
    ///
    /// In a request, it runs on a task of its own after the commit, and the answer does not wait for it; [`commit`](Self::commit) and
    /// [`run`](Self::run) wait. Several run one after the other, in the order in which they were registered. A process that ends
    /// loses them: what must not be lost belongs into a table, written in the transaction.
    ///
    /// ```
    /// # use inject_runtime::tx::Tx;
    /// # use sqlx::Sqlite;
    /// # async fn send_mail(to: String) {}
    /// async fn register(tx: &mut Tx<Sqlite>, mail: String) -> sqlx::Result<()> {
    ///     sqlx::query("INSERT INTO person VALUES (?)").bind(&mail).execute(&mut *tx.acquire().await?).await?;
    ///     tx.on_commit(async move { send_mail(mail).await });
    ///     Ok(())
    /// }
    /// ```
    pub fn on_commit(&mut self, future: impl Future<Output = ()> + Send + 'static) {
        if !self.transaction().on_commit().push(future) {
            tracing::warn!(
                "an `on_commit` callback was added after the end of its transaction, and is dropped"
            );
        }
    }

    /// Runs `body` in a savepoint: what it has done is kept, as far as the transaction is, if it returns `Ok`; it is undone, and nothing
    /// else, if it returns `Err`, panics or is dropped half-way.
    ///
    /// `body` is to use the handle that it is given, which cannot be committed or rolled back itself. Clones of the outer one have no turn
    /// until it is done.
    ///
    /// ```
    /// # use inject_runtime::tx::Tx;
    /// # use sqlx::Sqlite;
    /// async fn import(tx: &mut Tx<Sqlite>, titles: &[&str]) -> usize {
    ///     let mut refused = 0;
    ///     for title in titles {
    ///         let result = tx
    ///             .nested(async |tx| {
    ///                 sqlx::query("INSERT INTO book VALUES (?)").bind(*title).execute(&mut *tx.acquire().await?).await
    ///             })
    ///             .await;
    ///         refused += usize::from(result.is_err());
    ///     }
    ///     refused
    /// }
    /// # #[tokio::main]
    /// # async fn main() -> sqlx::Result<()> {
    /// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    /// # sqlx::raw_sql("CREATE TABLE book (title TEXT UNIQUE)").execute(&pool).await?;
    /// # let refused = Tx::run(&pool, async |tx| Ok::<_, sqlx::Error>(import(tx, &["Emma", "Emma"]).await)).await?;
    /// # assert_eq!(refused, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// That of `body`; or the database's, if it refuses the savepoint.
    pub async fn nested<T, E: From<Error>>(
        &mut self,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let (savepoint, transaction) = Savepoint::new(self.transaction()).await?;
        match body(&mut Self(ReadTx { transaction })).await {
            Ok(value) => {
                savepoint.end(true).await?;
                Ok(value)
            }
            Err(error) => {
                if let Err(rollback) = savepoint.end(false).await {
                    tracing::warn!(error = %rollback, "the rollback to a savepoint failed; its transaction is lost");
                }
                Err(error)
            }
        }
    }

    /// Ends the transaction with the request. What is to follow the commit is for the caller to run, after the answer.
    pub(crate) async fn end(self, outcome: Outcome) -> Result<OnCommit, Error> {
        match self.0.transaction.end(outcome.is_success()).await {
            Ok(on_commit) => Ok(on_commit),
            // By the handler, on its own account.
            Err(EndError::Ended) => Ok(OnCommit::default()),
            Err(EndError::Failed(error)) => Err(error),
        }
    }
}

impl<DB: Database> Mode<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn writing(statement: Option<&'static str>) -> Self {
        // In a transaction in which a statement has failed, PostgreSQL takes COMMIT for ROLLBACK and calls it a success; but it refuses
        // anything else. sqlx does not show what it answered. Behind `sqlx::Any` there may be a PostgreSQL.
        let probe = matches!(DB::NAME, "PostgreSQL" | "Any").then_some(
            (|connection| connection.execute("SELECT 1").map(|result| result.map(drop)).boxed())
                as held::Probe<DB>,
        );
        Self { statement, commits: true, probe }
    }

    fn reading() -> Self {
        let statement = match DB::NAME {
            "PostgreSQL" => Some("BEGIN READ ONLY"),
            "MySQL" => Some("START TRANSACTION READ ONLY"),
            _ => None,
        };
        Self { statement, commits: false, probe: None }
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Teardown for Tx<DB> {
    type Error = Error;

    /// Commits after a success, and otherwise rolls back. What is to follow the commit runs on a task of its own.
    async fn teardown(self, outcome: Outcome) -> Result<(), Error> {
        uninterrupted(async move {
            self.end(outcome).await?.spawn();
            Ok(())
        })
        .await
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Teardown for ReadTx<DB> {
    type Error = Error;

    async fn teardown(self, _: Outcome) -> Result<(), Error> {
        self.close().await
    }
}

impl<DB: Database> Deref for Tx<DB> {
    type Target = ReadTx<DB>;

    fn deref(&self) -> &ReadTx<DB> {
        &self.0
    }
}

impl<DB: Database> DerefMut for Tx<DB> {
    fn deref_mut(&mut self) -> &mut ReadTx<DB> {
        &mut self.0
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

impl<DB: Database> Clone for Tx<DB> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<DB: Database> Clone for ReadTx<DB> {
    fn clone(&self) -> Self {
        Self { transaction: Arc::clone(&self.transaction) }
    }
}

impl<DB: Database> fmt::Debug for Tx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tx").field(self.transaction()).finish()
    }
}

impl<DB: Database> fmt::Debug for ReadTx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadTx").field(&self.transaction).finish()
    }
}

impl<DB: Database> fmt::Debug for TxConnection<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TxConnection").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Layered for Tx<DB> {
    type Layer = Common;
}

#[diagnostic::do_not_recommend]
impl<DB: Database> Layered for ReadTx<DB> {
    type Layer = Common;
}
