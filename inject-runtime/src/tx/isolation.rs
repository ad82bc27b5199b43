//! Isolation levels.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use sqlx::{Database, Error, Executor, Pool};

use super::{Mode, Tx};
use crate::{
    layer::{Common, Layered},
    scope::{Outcome, Teardown},
};

/// A [`Tx`] at an isolation level other than the database's default.
///
/// It dereferences to `Tx`, so it goes where a `&mut Tx<DB>` is asked for; a function that is only right at that level asks for the
/// `IsolatedTx`. A level that the database does not have does not compile.
///
/// ```
/// use inject_runtime::tx::{Immediate, IsolatedTx, Tx};
/// use sqlx::Sqlite;
///
/// async fn add(tx: &mut Tx<Sqlite>, title: &str) -> sqlx::Result<()> {
///     sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut *tx.acquire().await?).await?;
///     Ok(())
/// }
///
/// # #[tokio::main]
/// # async fn main() -> sqlx::Result<()> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE book (title TEXT)").execute(&pool).await?;
/// // `BEGIN IMMEDIATE`: waits for other writers now, and not, in vain, at its first write.
/// let mut tx = IsolatedTx::<Sqlite, Immediate>::new(pool);
/// add(&mut tx, "Emma").await?;
/// tx.commit().await
/// # }
/// ```
pub struct IsolatedTx<DB: Database, L> {
    pub(super) tx: Tx<DB>,
    level: PhantomData<fn() -> L>,
}

/// An isolation level of a database.
///
/// Those of `PostgreSQL` are there with the feature `sqlx-postgres`, those of `SQLite` with `sqlx-sqlite`. One's own is a type with the
/// statement that begins the transaction:
///
/// ```
/// # use inject_runtime::tx::Isolation;
/// # use sqlx::Postgres;
/// /// A long report that disturbs nobody.
/// struct Report;
///
/// impl Isolation<Postgres> for Report {
///     const BEGIN: &'static str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE";
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{DB}` has no isolation level `{Self}`",
    label = "not a level of this database",
    note = "PostgreSQL has `ReadCommitted`, `RepeatableRead` and `Serializable`, with the feature `sqlx-postgres` of inject-runtime",
    note = "SQLite has `Serializable`, its only level, and `Immediate`, which locks at the start, with the feature `sqlx-sqlite`"
)]
pub trait Isolation<DB: Database>: 'static {
    /// The statement that begins a transaction at that level.
    const BEGIN: &'static str;
}

/// Every statement sees what was committed when it started: the default of `PostgreSQL`.
#[derive(Debug)]
pub struct ReadCommitted;

/// All statements see what was committed when the first one started.
#[derive(Debug)]
pub struct RepeatableRead;

/// As if there were no other transactions at the same time. `PostgreSQL` refuses the one that would not fit, at the latest when it is
/// committed; it may be tried again. `SQLite` knows nothing else.
#[derive(Debug)]
pub struct Serializable;

/// `BEGIN IMMEDIATE` of `SQLite`: it is the one writer from its beginning. A transaction that reads first and writes later is refused
/// if somebody has written in between, however long it is ready to wait; this one is not.
#[derive(Debug)]
pub struct Immediate;

// One by one and not by macro: rustc quotes the one for another database.
#[cfg(feature = "sqlx-postgres")]
impl Isolation<sqlx_postgres::Postgres> for ReadCommitted {
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";
}

#[cfg(feature = "sqlx-postgres")]
impl Isolation<sqlx_postgres::Postgres> for RepeatableRead {
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ";
}

#[cfg(feature = "sqlx-postgres")]
impl Isolation<sqlx_postgres::Postgres> for Serializable {
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
}

#[cfg(feature = "sqlx-sqlite")]
impl Isolation<sqlx_sqlite::Sqlite> for Serializable {
    const BEGIN: &'static str = "BEGIN";
}

#[cfg(feature = "sqlx-sqlite")]
impl Isolation<sqlx_sqlite::Sqlite> for Immediate {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
}

// The bound on the level is on the functions: on the type, rustc reports it for each mention of the type.
impl<DB: Database, L> IsolatedTx<DB, L>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// A transaction that begins with its first use; see [`Tx::new`].
    #[must_use]
    pub fn new(pool: Pool<DB>) -> Self
    where
        L: Isolation<DB>,
    {
        Self { tx: Tx::with(pool, Mode::writing(Some(L::BEGIN))), level: PhantomData }
    }

    /// Runs `body` in a transaction; see [`Tx::run`].
    ///
    /// # Errors
    ///
    /// That of `body`; or the database's, when there is no transaction to be had, or it refuses to commit it.
    pub async fn run<T, E: From<Error>>(
        pool: &Pool<DB>,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E>
    where
        L: Isolation<DB>,
    {
        let mut tx = Self::new(pool.clone());
        let result = body(&mut tx).await;
        tx.tx.finish(result).await
    }
}

impl<DB: Database, L> IsolatedTx<DB, L> {
    /// Commits; see [`Tx::commit`].
    ///
    /// # Errors
    ///
    /// The database refuses it, or the transaction has ended already. Nothing is kept.
    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await
    }

    /// Rolls back; see [`Tx::rollback`].
    ///
    /// # Errors
    ///
    /// The transaction has ended already, or the connection failed and is closed. Nothing is kept.
    pub async fn rollback(self) -> Result<(), Error> {
        self.tx.rollback().await
    }
}

impl<DB: Database, L> Deref for IsolatedTx<DB, L> {
    type Target = Tx<DB>;

    fn deref(&self) -> &Tx<DB> {
        &self.tx
    }
}

impl<DB: Database, L> DerefMut for IsolatedTx<DB, L> {
    fn deref_mut(&mut self) -> &mut Tx<DB> {
        &mut self.tx
    }
}

impl<DB: Database, L> Clone for IsolatedTx<DB, L> {
    fn clone(&self) -> Self {
        Self { tx: self.tx.clone(), level: PhantomData }
    }
}

impl<DB: Database, L> fmt::Debug for IsolatedTx<DB, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IsolatedTx").field(&self.tx).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database, L> Layered for IsolatedTx<DB, L> {
    type Layer = Common;
}

#[diagnostic::do_not_recommend]
impl<DB: Database, L: 'static> Teardown for IsolatedTx<DB, L> {
    type Error = Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), Error> {
        self.tx.teardown(outcome).await
    }
}
