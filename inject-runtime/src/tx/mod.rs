//! Unit of work over a pool of `sqlx`: one transaction for all reads and writes of a request.
//!
//! [`Tx`] reads and writes, [`ReadTx`] only reads, [`IsolatedTx`] is a `Tx` at a given isolation level.
//! [`UnitOfWork`] runs no statements, and decides about the end. All of them are handles: a clone is cheap,
//! and all clones share one transaction.
//!
//! The handles that run statements are in the layer [`Infrastructure`](crate::layer::Infrastructure), so
//! repositories take them. The [`UnitOfWork`] is in the layer [`Repository`](crate::layer::Repository), so
//! services take it. Routes take services.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod error_kind;
mod executor;
mod extract;
mod held;
mod isolation;
mod metadata;
mod mode;
mod on_commit;
mod pool;
mod read;
mod retry;
mod rolled_back;
mod savepoint;
mod setting;
mod traits;
mod transaction;
mod uninterrupted;
mod unit_of_work;

use std::sync::Arc;

use sqlx::{Database, Error, Executor, Pool};

pub use self::{
    error_kind::ErrorKind,
    isolation::{Immediate, IsolatedTx, Isolation, ReadCommitted, RepeatableRead, Serializable},
    pool::HasPool,
    read::{ReadTx, TxConnection},
    retry::retry,
    rolled_back::RolledBack,
    unit_of_work::UnitOfWork,
};
use self::{
    held::Begin,
    mode::Mode,
    on_commit::OnCommit,
    savepoint::Savepoint,
    transaction::{EndError, Transaction},
    uninterrupted::uninterrupted,
};
use crate::frame::Outcome;

/// Handle on one transaction, which all clones share.
///
/// The transaction begins with its first use, and takes no connection from the pool before. Repositories
/// take a `&mut Tx<DB>` as a parameter, so that the changes of several repositories are kept together or
/// not at all. A repository that only reads takes a `&mut ReadTx<DB>`, to which a `&mut Tx<DB>`
/// dereferences.
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
///         query.fetch_one(tx).await
///     }
///
///     async fn add(&self, tx: &mut Tx<Sqlite>, id: i64, amount: i64) -> sqlx::Result<()> {
///         let query = sqlx::query("UPDATE account SET balance = balance + ? WHERE id = ?").bind(amount).bind(id);
///         query.execute(tx).await?;
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
/// # The transaction of a request
///
/// A request has one transaction on a pool, whatever handles ask for it, in guards, providers, components and endpoints, in
/// any order. The endpoint's handles are known when the router is made: if one is an [`IsolatedTx`], the transaction is at
/// its level from the beginning, and two levels that differ are refused. An extractor by hand, of which nothing is known, that
/// requires more than has begun is an error, which the log explains.
///
/// On `SQLite`, the transaction of a request whose method is not safe (`POST`, `PUT`, ..), and that of [`run`](Self::run),
/// begins with `BEGIN IMMEDIATE`: it waits for other writers for as long as the busy timeout of the pool. A transaction that
/// begins as a reader and then writes is refused at once if another one has written in between. For `sqlx::Any`, this needs
/// the feature `sqlx-any`.
///
/// [`#[transaction(..)]`](macro@crate::transaction) at the endpoint says that it writes or only reads, sets the level, and
/// repeats the request after a conflict; at the container, it sets the default level.
///
/// # The end of the transaction
///
/// In a request, the scope ends the transaction before the response is sent: it commits if the status of
/// the handler's response is below 400, and otherwise rolls back, also when the handler panics or the
/// client disconnects. An endpoint can [decide otherwise](macro@crate::transaction#when-it-is-rolled-back). Outside of a request, [`run`](Self::run), [`commit`](Self::commit) and
/// [`rollback`](Self::rollback) end it; when the last handle is dropped, it is rolled back. After the end,
/// a remaining clone returns an error; it never begins another transaction.
///
/// No connection is returned to the pool with an open transaction. If a rollback fails, or takes longer
/// than the pool's [`acquire_timeout`](sqlx::pool::PoolOptions::acquire_timeout), the connection is closed.
///
/// If the commit of a request fails, the response is the [problem](ErrorKind) of the error: a 409 for a constraint, a 503 with
/// `Retry-After` for a conflict with another transaction.
///
/// A commit that has started is not interrupted: if its future is dropped, it continues on a task of its
/// own. `PostgreSQL` answers a `COMMIT` in a transaction with a failed statement by a `ROLLBACK` without an
/// error; here, such a commit is an error.
///
/// `MySQL` and `MariaDB` end a transaction in a deadlock, and by a statement that commits, such as `CREATE TABLE`: its commit is
/// an error, and statements after that were transactions of their own. An error of a deadlock must not be ignored.
///
/// `SQLite` ends some transactions itself, for example after `INSERT OR ROLLBACK`. This is detected only at
/// the commit, which fails; until then, statements run outside of a transaction.
///
/// # Clones take turns
///
/// A transaction has one connection, and [`acquire`](ReadTx::acquire) waits for a turn to use it. If the
/// wait takes longer than the pool's `acquire_timeout`, the result is [`Error::PoolTimedOut`]: for example,
/// when a task reads rows from a stream and uses a clone at the same time.
pub struct Tx<DB: Database, P = Pool<DB>>(ReadTx<DB, P>);

impl<DB: Database, P: HasPool<Database = DB>> Tx<DB, P>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// Creates a transaction that begins with its first use.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "a pool is a handle, as the transaction is")]
    pub fn new(pool: P) -> Self {
        Self::with(pool.pool().clone(), Mode::writing(Begin::ToWrite))
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// If the pool provides no connection, or the database refuses to begin.
    pub async fn begin(pool: &P) -> Result<Self, Error> {
        let mut tx = Self::with(pool.pool().clone(), Mode::writing(Begin::ToWrite));
        drop(tx.acquire().await?);
        Ok(tx)
    }

    /// Runs `body` in a transaction: commits if it returns `Ok`, and rolls back if it returns `Err`, panics
    /// or is dropped before its end.
    ///
    /// # Errors
    ///
    /// Returns the error of `body`, or the error of the database if a transaction cannot begin or cannot be
    /// committed.
    pub async fn run<T, E: From<Error>>(
        pool: &P,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = Self::with(pool.pool().clone(), Mode::writing(Begin::ToWrite));
        let result = body(&mut tx).await;
        tx.finish(result).await
    }
}

impl<DB: Database, P> Tx<DB, P> {
    fn with(pool: Pool<DB>, mode: Mode<DB>) -> Self {
        Self(ReadTx::of(Arc::new(Transaction::new(pool, mode))))
    }

    fn transaction(&self) -> &Arc<Transaction<DB>> {
        &self.0.transaction
    }

    /// Commits the changes of all clones, and waits for the futures [that run after the
    /// commit](Self::on_commit).
    ///
    /// If the transaction has not begun, there is nothing to commit, and the result is `Ok`. If the future
    /// is dropped after it has started, the commit continues on a task of its own.
    ///
    /// # Errors
    ///
    /// If the database refuses the commit, a clone does not release the connection, or the transaction has
    /// already ended. No changes are kept.
    pub async fn commit(self) -> Result<(), Error> {
        let transaction = self.0.transaction;
        uninterrupted(async {
            transaction.end(true).await?.run().await;
            Ok(())
        })
        .await
    }

    /// Rolls back the changes of all clones.
    ///
    /// # Errors
    ///
    /// If the transaction has already ended, a clone does not release the connection, or the connection
    /// failed and is closed. No changes are kept.
    pub async fn rollback(self) -> Result<(), Error> {
        self.0.transaction.end(false).await?;
        Ok(())
    }

    /// Commits or rolls back. Of two errors, returns that of the body.
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

    /// Registers a future that runs after the commit. It does not run if the transaction is rolled back, if
    /// the commit fails, or if it is registered in a [nested](Self::nested) part that is rolled back.
    ///
    /// In a request, it runs on a task of its own after the commit, and the response does not wait for it;
    /// [`commit`](Self::commit) and [`run`](Self::run) wait. Several futures run one after the other, in
    /// the order of their registration. They are lost if the process ends: work that must not be lost
    /// belongs in a table, written in the transaction.
    ///
    /// ```
    /// # use inject_runtime::tx::Tx;
    /// # use sqlx::Sqlite;
    /// # async fn send_mail(to: String) {}
    /// async fn register(tx: &mut Tx<Sqlite>, mail: String) -> sqlx::Result<()> {
    ///     sqlx::query("INSERT INTO person VALUES (?)").bind(&mail).execute(&mut *tx).await?;
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

    /// Runs `body` in a savepoint. If `body` returns `Ok`, its changes are kept as part of the transaction.
    /// If it returns `Err`, panics or is dropped before its end, its changes alone are undone.
    ///
    /// `body` must use the handle that it receives, which cannot be committed or rolled back itself. Clones
    /// of the outer handle wait until the savepoint has ended.
    ///
    /// ```
    /// # use inject_runtime::tx::Tx;
    /// # use sqlx::Sqlite;
    /// async fn import(tx: &mut Tx<Sqlite>, titles: &[&str]) -> usize {
    ///     let mut refused = 0;
    ///     for title in titles {
    ///         let result = tx
    ///             .nested(async |tx| {
    ///                 sqlx::query("INSERT INTO book VALUES (?)").bind(*title).execute(tx).await
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
    /// Returns the error of `body`, or the error of the database if it refuses the savepoint.
    pub async fn nested<T, E: From<Error>>(
        &mut self,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let (savepoint, transaction) = Savepoint::new(self.transaction()).await?;
        match body(&mut Self(ReadTx::of(transaction))).await {
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

    /// Ends the transaction with the request. The caller runs the futures that wait for the commit, after
    /// the response.
    pub(crate) async fn end(self, outcome: Outcome) -> Result<OnCommit, Error> {
        if let Some(on_commit) = self.0.transaction.end_unused(outcome.is_success()) {
            return Ok(on_commit);
        }
        match self.0.transaction.end(outcome.is_success()).await {
            Ok(on_commit) => Ok(on_commit),
            // The handler has ended it.
            Err(EndError::Ended) => Ok(OnCommit::default()),
            Err(EndError::Failed(error)) => Err(error),
        }
    }
}
