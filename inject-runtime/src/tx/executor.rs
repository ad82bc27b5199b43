//! Handles as executors of sqlx: `query.fetch_one(&mut tx)`.

use std::{
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{Database, Either, Error, Execute, Executor, SqlStr};
use sqlx_core::describe::Describe;

use super::{IsolatedTx, ReadTx, Tx};

/// Database whose connections are executors.
///
/// A trait of its own: with its condition on the implementations below, rustc would look for the connection of a database that
/// is not inferred yet among all executors, the handles too, and not come to an end.
pub trait Driver: Database {
    /// Returns the connection as an executor.
    fn executor(connection: &mut Self::Connection) -> impl Executor<'_, Database = Self>;
}

#[diagnostic::do_not_recommend]
impl<DB> Driver for DB
where
    DB: Database,
    for<'x> &'x mut DB::Connection: Executor<'x, Database = DB>,
{
    fn executor(connection: &mut Self::Connection) -> impl Executor<'_, Database = Self> {
        connection
    }
}

/// Row, or the result of a statement.
type Step<DB> = Either<<DB as Database>::QueryResult, <DB as Database>::Row>;

/// Returns the stream of the rows of a query, which holds the connection.
///
/// The stream of the driver borrows the connection, so both are in one future, which passes on the rows one by one.
fn rows<'e, 'q: 'e, DB, P, E>(tx: &'e mut ReadTx<DB, P>, query: E) -> BoxStream<'e, Result<Step<DB>, Error>>
where
    DB: Driver,
    E: 'q + Execute<'q, DB>,
{
    let next = Arc::new(Mutex::new(None));
    let sender = Arc::clone(&next);
    let take = move || next.lock().unwrap_or_else(PoisonError::into_inner).take();
    let rest = async move {
        let mut connection = tx.acquire().await?;
        let mut rows = DB::executor(&mut connection).fetch_many(query);
        while let Some(step) = rows.try_next().await? {
            *sender.lock().unwrap_or_else(PoisonError::into_inner) = Some(step);
            let mut is_passed_on = false;
            poll_fn(|_| if mem::replace(&mut is_passed_on, true) { Poll::Ready(()) } else { Poll::Pending })
                .await;
        }
        Ok(())
    };
    // `None` after the end: the connection is released.
    let mut rest = Some(rest.boxed());
    stream::poll_fn(move |context| {
        let poll = rest.as_mut().map_or(Poll::Ready(Ok(())), |rest| rest.poll_unpin(context));
        if let Poll::Ready(result) = poll {
            rest = None;
            return Poll::Ready(result.err().map(Err));
        }
        take().map_or(Poll::Pending, |step| Poll::Ready(Some(Ok(step))))
    })
    .boxed()
}

macro_rules! executors {
    ($($ty:ident<DB $(, $level:ident)?>;)*) => {$(
        /// Runs statements in the transaction, which begins with the first one. They wait for their turn, and fail, as
        /// [`acquire`](ReadTx::acquire) does. A stream of rows has the turn until it is dropped.
        impl<'c, DB: Driver, P, $($level)?> Executor<'c> for &'c mut $ty<DB, $($level,)? P> {
            type Database = DB;

            fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<DB::QueryResult, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                async move { DB::executor(&mut *self.acquire().await?).execute(query).await }.boxed()
            }

            fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step<DB>, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                rows(self, query)
            }

            fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<DB::Row>, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                async move { DB::executor(&mut *self.acquire().await?).fetch_all(query).await }.boxed()
            }

            fn fetch_one<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<DB::Row, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                async move { DB::executor(&mut *self.acquire().await?).fetch_one(query).await }.boxed()
            }

            fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                async move { DB::executor(&mut *self.acquire().await?).fetch_optional(query).await }.boxed()
            }

            fn prepare_with<'e>(
                self,
                sql: SqlStr,
                parameters: &'e [DB::TypeInfo],
            ) -> BoxFuture<'e, Result<DB::Statement, Error>>
            where
                'c: 'e,
            {
                async move { DB::executor(&mut *self.acquire().await?).prepare_with(sql, parameters).await }.boxed()
            }

            fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
            where
                'c: 'e,
            {
                async move { DB::executor(&mut *self.acquire().await?).describe(sql).await }.boxed()
            }
        }
    )*};
}

executors! {
    ReadTx<DB>;
    Tx<DB>;
    IsolatedTx<DB, L>;
}
