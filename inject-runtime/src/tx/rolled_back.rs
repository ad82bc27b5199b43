//! Test mode: a transaction that is never committed, in which units of work are savepoints.

use std::{fmt, marker::PhantomData, sync::Arc};

use sqlx::{Database, Error, Executor, Pool};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

use super::{
    HasPool, Mode, ReadTx, Tx,
    held::{Begin, Held, TxEnd, lost},
    transaction::{Transaction, ended},
    uninterrupted::uninterrupted,
};
use crate::scope::{Seed, sealed};

/// Transaction of a test that is never committed: the units of work of requests are savepoints in it.
///
/// It takes the place of the pool for all handles with the same `P`, as an override of the routes, or in a scope without a
/// request. A request that would commit keeps its changes for the next ones, and its futures of
/// [`on_commit`](Tx::on_commit) run; one that would roll back undoes its own. At the [end](Self::end), or when the last clone
/// is dropped, all of it is rolled back, and no other connection has seen any of it. So tests share a database, and run at the
/// same time.
///
/// ```
/// # use inject_runtime::{Problem, Routes, container, post, repository, routes, service};
/// use inject_runtime::tx::Tx;
/// # use axum::{body::Body, http::Request};
/// # use sqlx::{Sqlite, SqlitePool};
/// # use tower::ServiceExt as _;
/// #
/// # #[repository(scope = request)]
/// # struct Books {
/// #     tx: Tx<Sqlite>,
/// # }
/// #
/// # #[service(scope = request)]
/// # struct Library {
/// #     books: Books,
/// # }
/// #
/// # #[post("/books", public)]
/// # async fn add(mut library: Library) -> Result<(), Problem> {
/// #     let insert = sqlx::query("INSERT INTO book VALUES ('Emma')");
/// #     insert.execute(&mut library.books.tx).await.map(drop).map_err(|_| Problem::new(axum::http::StatusCode::CONFLICT))
/// # }
/// #
/// # #[container]
/// # struct App {
/// #     #[input]
/// #     pool: SqlitePool,
/// # }
/// #
/// # fn all() -> Routes<App> {
/// #     routes![add]
/// # }
/// #
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE book (title TEXT)").execute(&pool).await?;
/// # let app = App::builder(AppInputs { pool: pool.clone() }).build().await?;
/// let test = Tx::rolled_back(&pool);
/// let requests = test.clone();
/// let router = all().override_provider(move |_| requests.clone()).into_router(app);
///
/// let response = router.clone().oneshot(Request::post("/books").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 200);
/// let mut tx = test.tx();
/// let count: i64 = sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut tx).await?;
/// assert_eq!(count, 1);
/// drop(tx);
///
/// test.end().await?;
/// let count: i64 = sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&pool).await?;
/// assert_eq!(count, 0);
/// # Ok(())
/// # }
/// ```
///
/// Units of work take turns, from their first statement to their end, and wait for as long as the pool's `acquire_timeout`: two
/// requests at once do not run at once.
///
/// What a savepoint cannot show is not tested: constraints that are checked at a commit, conflicts between transactions,
/// isolation levels, and the refusal of writes through a [`ReadTx`].
pub struct RolledBack<DB: Database, P = Pool<DB>> {
    outer: Arc<Outer<DB>>,
    pool: PhantomData<fn() -> P>,
}

impl<DB: Database, P: HasPool<Database = DB>> Tx<DB, P> {
    /// Returns a transaction for a test, which is never committed. It begins with its first use.
    #[must_use]
    pub fn rolled_back(pool: &P) -> RolledBack<DB, P> {
        let outer = Outer {
            pool: pool.pool().clone(),
            root: Arc::new(Mutex::new(Root { phase: Phase::Unused, held: None })),
        };
        RolledBack { outer: Arc::new(outer), pool: PhantomData }
    }
}

impl<DB: Database, P> RolledBack<DB, P>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// Returns a handle on a new unit of work, for what a test writes before requests, or reads after them.
    ///
    /// [`commit`](Tx::commit) keeps its changes for the requests. Requests wait until it is committed or dropped.
    #[must_use]
    pub fn tx(&self) -> Tx<DB, P> {
        self.unit(Mode::writing(Begin::ToWrite))
    }
}

impl<DB: Database, P> RolledBack<DB, P> {
    /// Returns a unit of work.
    pub(super) fn unit(&self, mode: Mode<DB>) -> Tx<DB, P> {
        Tx(ReadTx::of(Arc::new(Transaction::inside(Arc::clone(&self.outer), mode))))
    }

    /// Rolls everything back. What asks for the transaction afterwards gets an error.
    ///
    /// # Errors
    ///
    /// [`Error::PoolTimedOut`] if a unit of work does not end, or the error of a connection that failed and is closed. No
    /// changes are kept.
    pub async fn end(self) -> Result<(), Error> {
        let mut root = self.outer.lock().await?;
        uninterrupted(async move {
            let held = root.take();
            root.phase = Phase::Ended;
            let Some(held) = held else { return Ok(()) };
            let (held, result) = held.end(&TxEnd { depth: 0, commit: false, probe: None }).await;
            if let Some(held) = held {
                held.release();
            }
            result
        })
        .await
    }
}

/// The transaction, behind a lock.
pub(super) struct Outer<DB: Database> {
    pool: Pool<DB>,
    root: Arc<Mutex<Root<DB>>>,
}

/// State of the transaction.
pub(super) struct Root<DB: Database> {
    phase: Phase,
    /// The connection, unless a unit of work has it, or has closed it.
    held: Option<Held<DB>>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Unused,
    Begun,
    Ended,
}

impl<DB: Database> Root<DB> {
    /// Takes the connection.
    pub(super) fn take(&mut self) -> Option<Held<DB>> {
        self.held.take()
    }

    pub(super) fn give_back(&mut self, held: Held<DB>) {
        self.held = Some(held);
    }
}

/// Rolls back when the last clone is dropped before the end.
impl<DB: Database> Drop for Root<DB> {
    fn drop(&mut self) {
        if let Some(held) = self.take() {
            held.abandon();
        }
    }
}

impl<DB: Database> Outer<DB> {
    pub(super) const fn pool(&self) -> &Pool<DB> {
        &self.pool
    }

    async fn lock(&self) -> Result<OwnedMutexGuard<Root<DB>>, Error> {
        let limit = self.pool.options().get_acquire_timeout();
        timeout(limit, Arc::clone(&self.root).lock_owned()).await.map_err(|_| Error::PoolTimedOut)
    }

    /// Waits for the connection, and begins the transaction if necessary.
    pub(super) async fn held(&self) -> Result<Held<DB>, Error> {
        let mut root = self.lock().await?;
        match root.phase {
            Phase::Ended => return Err(ended()),
            Phase::Begun => {}
            Phase::Unused => {
                let held = Held::acquire(&self.pool).await?;
                root = uninterrupted(async move {
                    match held.begin(Begin::ToWrite).await {
                        Ok(held) => {
                            root.phase = Phase::Begun;
                            root.give_back(held);
                            Ok(root)
                        }
                        Err((held, error)) => {
                            if let Some(held) = held {
                                held.release();
                            }
                            Err(error)
                        }
                    }
                })
                .await?;
            }
        }
        Held::inside(root).ok_or_else(lost)
    }
}

impl<DB: Database, P> Clone for RolledBack<DB, P> {
    fn clone(&self) -> Self {
        Self { outer: Arc::clone(&self.outer), pool: PhantomData }
    }
}

impl<DB: Database, P> fmt::Debug for RolledBack<DB, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_tuple("RolledBack");
        match self.outer.root.try_lock() {
            Ok(root) => debug.field(&root.phase),
            Err(_) => debug.field(&format_args!("in use")),
        };
        debug.finish()
    }
}

/// Units of work of the scope are in the transaction.
#[diagnostic::do_not_recommend]
impl<DB: Database, P: 'static> Seed for RolledBack<DB, P> {}

#[diagnostic::do_not_recommend]
impl<DB: Database, P: 'static> sealed::Sealed for RolledBack<DB, P> {}
