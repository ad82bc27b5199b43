//! Unit of work: the transaction of a request, without its statements.

use std::fmt;

use sqlx::{Database, Error, Executor, Pool};

use super::{HasPool, Tx, savepoint::SharedSavepoint};
use crate::layer::{Layered, Repository};

/// Handle on the transaction of a [`Tx`] that decides about its end, and runs no statements.
///
/// It is for services: they may depend on the layer [`Repository`], in which it is. A [`Tx`], which runs
/// statements, is in the layer [`Infrastructure`](crate::layer::Infrastructure): repositories take it, and
/// services and routes do not. In a request, both are handles on the same transaction.
///
/// ```
/// use inject_runtime::{repository, service, tx::{Tx, UnitOfWork}};
/// use sqlx::Sqlite;
///
/// #[repository(scope = request)]
/// pub struct Books {
///     tx: Tx<Sqlite>,
/// }
///
/// impl Books {
///     async fn add(&mut self, title: &str) -> sqlx::Result<()> {
///         sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut self.tx).await?;
///         Ok(())
///     }
/// }
///
/// #[service(scope = request)]
/// pub struct Library {
///     books: Books,
///     unit: UnitOfWork<Sqlite>,
/// }
///
/// impl Library {
///     /// Adds the books that are new, and returns how many were not.
///     pub async fn import(&mut self, titles: &[&str]) -> sqlx::Result<usize> {
///         let Self { books, unit } = self;
///         let mut known = 0;
///         for title in titles {
///             known += usize::from(unit.savepoint(async |_| books.add(title).await).await.is_err());
///         }
///         unit.on_commit(async { println!("imported") });
///         Ok(known)
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() -> sqlx::Result<()> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::raw_sql("CREATE TABLE book (title TEXT UNIQUE)").execute(&pool).await?;
/// // Outside of a request: a job, a test.
/// let tx = Tx::new(pool);
/// let mut library = Library { books: Books { tx: tx.clone() }, unit: UnitOfWork::from(tx) };
/// assert_eq!(library.import(&["Emma", "Persuasion", "Emma"]).await?, 1);
/// library.unit.commit().await
/// # }
/// ```
pub struct UnitOfWork<DB: Database, P = Pool<DB>> {
    tx: Tx<DB, P>,
    /// Number of savepoints around this handle.
    level: usize,
}

impl<DB: Database, P: HasPool<Database = DB>> UnitOfWork<DB, P>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// Creates a transaction that begins with its first use, for a test of a service without repositories.
    #[must_use]
    pub fn new(pool: P) -> Self {
        Tx::new(pool).into()
    }
}

impl<DB: Database, P> UnitOfWork<DB, P> {
    /// Commits the changes of all handles, and waits for the futures [that run after the
    /// commit](Self::on_commit); see [`Tx::commit`].
    ///
    /// The handles of the repositories cannot be used afterwards.
    ///
    /// # Errors
    ///
    /// If the database refuses the commit, a handle does not release the connection, a savepoint is open, or
    /// the transaction has already ended. No changes are kept.
    pub async fn commit(&mut self) -> Result<(), Error> {
        self.tx.clone().commit().await
    }

    /// Rolls back the changes of all handles; see [`Tx::rollback`].
    ///
    /// # Errors
    ///
    /// If the transaction has already ended, a handle does not release the connection, or the connection
    /// failed and is closed. No changes are kept.
    pub async fn rollback(&mut self) -> Result<(), Error> {
        self.tx.clone().rollback().await
    }

    /// Registers a future that runs after the commit, as [`Tx::on_commit`] does. It does not run if the
    /// [savepoint](Self::savepoint) in which it is registered is rolled back.
    pub fn on_commit(&mut self, future: impl Future<Output = ()> + Send + 'static) {
        self.tx.on_commit(future);
    }

    /// Runs `body` in a savepoint of the transaction. If `body` returns `Ok`, the changes since its beginning
    /// are kept as part of the transaction. If it returns `Err`, panics or is dropped before its end, they
    /// alone are undone.
    ///
    /// The savepoint is for all handles on the transaction: `body` calls the repositories as usual. (In
    /// [`Tx::nested`], other handles wait.) Savepoints are nested by the handle that `body` receives.
    ///
    /// # Errors
    ///
    /// Returns the error of `body`, the error of the database if it refuses the savepoint, or
    /// [`Error::InvalidArgument`] if another savepoint is open.
    pub async fn savepoint<T, E: From<Error>>(
        &mut self,
        body: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let savepoint = SharedSavepoint::open(self.tx.transaction(), self.level).await?;
        match body(&mut Self { tx: self.tx.clone(), level: self.level + 1 }).await {
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
}

/// Handle on the same transaction. There is no way back: a service cannot get at the statements.
impl<DB: Database, P> From<Tx<DB, P>> for UnitOfWork<DB, P> {
    fn from(tx: Tx<DB, P>) -> Self {
        Self { tx, level: 0 }
    }
}

impl<DB: Database, P> Clone for UnitOfWork<DB, P> {
    fn clone(&self) -> Self {
        Self { tx: self.tx.clone(), level: self.level }
    }
}

impl<DB: Database, P> fmt::Debug for UnitOfWork<DB, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnitOfWork").field(self.tx.transaction()).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<DB: Database, P> Layered for UnitOfWork<DB, P> {
    type Layer = Repository;
}
