//! `Tx` on `SQLite`.

use std::{future::pending, panic::AssertUnwindSafe, sync::Arc, thread};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use futures_util::{FutureExt, TryStreamExt, future::join_all};
use inject_runtime::{
    Layered, Outcome, Teardown,
    layer::{Infrastructure, Repository},
    repository, service,
    tx::{Immediate, IsolatedTx, ReadTx, Serializable, Tx, UnitOfWork},
};
use sqlx::{Connection, Error, Sqlite, SqlitePool, sqlite::SqliteJournalMode};
use tokio::time::{Instant, timeout};

use super::{
    Log, all_idle,
    databases::{File, count, in_memory},
    drop_after,
};
use crate::support::LONG;

#[repository]
struct Books;

impl Books {
    async fn add(&self, tx: &mut Tx<Sqlite>, title: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut *tx.acquire().await?).await?;
        Ok(())
    }

    async fn count(&self, tx: &mut ReadTx<Sqlite>) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut *tx.acquire().await?).await
    }
}

#[repository]
struct Reviews;

impl Reviews {
    async fn add(&self, tx: &mut Tx<Sqlite>, book: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO review VALUES (?)").bind(book).execute(&mut *tx.acquire().await?).await?;
        Ok(())
    }
}

#[service]
struct Library {
    books: Books,
    reviews: Reviews,
}

impl Library {
    async fn publish(&self, tx: &mut Tx<Sqlite>, title: &str) -> sqlx::Result<i64> {
        self.reviews.add(tx, title).await?;
        self.books.add(tx, title).await?;
        self.books.count(tx).await
    }
}

const LIBRARY: Library = Library { books: Books, reviews: Reviews };

/// Asserts that the connections of the pool work and are not in a transaction.
async fn assert_clean(pool: &SqlitePool) {
    all_idle(pool).await;
    let mut connections = Vec::new();
    while let Some(mut connection) = pool.try_acquire() {
        assert!(!connection.is_in_transaction());
        // SQLite refuses `BEGIN` within a transaction.
        sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut *connection).await.expect("a clean connection");
        connections.push(connection);
    }
    assert!(!connections.is_empty());
}

fn is_ended(error: &Error) -> bool {
    matches!(error, Error::InvalidArgument(message) if message.starts_with("the transaction has ended"))
}

fn is_busy(error: &Error) -> bool {
    matches!(error, Error::Database(error) if error.code().as_deref() == Some("5"))
}

#[tokio::test]
async fn two_repositories_share_the_connection_of_the_transaction() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    assert_eq!(LIBRARY.publish(&mut tx, "Emma").await.expect("one connection is enough"), 1);
    assert_eq!(LIBRARY.publish(&mut tx.clone(), "Persuasion").await.expect("the same connection"), 2);
    tx.teardown(Outcome::Success).await.expect("it commits");
    assert_eq!(count(&pool).await, 2);
    assert_clean(&pool).await;
}

#[tokio::test]
async fn an_unused_transaction_takes_no_connection() {
    let pool = in_memory().await;
    let log = Log::default();
    let mut tx = Tx::new(pool.clone());
    tx.on_commit(log.clone().add("committed"));
    let connection = pool.acquire().await.expect("the only one");
    let reading = ReadTx::new(pool.clone());
    reading.teardown(Outcome::Success).await.expect("nothing to do");
    tx.teardown(Outcome::Success).await.expect("nothing to do");
    assert_eq!(log.next().await, ["committed"]);
    drop(connection);
    Tx::new(pool.clone()).teardown(Outcome::Panic).await.expect("nothing to do");
    assert_clean(&pool).await;
}

#[tokio::test]
async fn only_a_success_commits() {
    let pool = in_memory().await;
    for outcome in [
        Outcome::Failure(StatusCode::CONFLICT),
        Outcome::Rejection(StatusCode::FORBIDDEN),
        Outcome::Panic,
        Outcome::Cancelled,
    ] {
        let mut tx = Tx::new(pool.clone());
        LIBRARY.publish(&mut tx, "Emma").await.expect("the title is free again");
        tx.teardown(outcome).await.expect("it rolls back");
        assert_eq!(count(&pool).await, 0, "{outcome:?}");
        assert_clean(&pool).await;
    }
}

#[tokio::test]
async fn a_transaction_outside_of_a_request_is_ended_explicitly_or_by_run() {
    let pool = in_memory().await;
    let mut tx = Tx::begin(&pool).await.expect("it begins");
    assert_eq!(pool.num_idle(), 0);
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    tx.rollback().await.expect("it rolls back");
    assert_eq!(count(&pool).await, 0);

    let mut tx = Tx::begin(&pool).await.expect("it begins");
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pool).await, 1);

    let result = Tx::run(&pool, async |tx| LIBRARY.publish(tx, "Emma").await).await;
    assert!(matches!(result, Err(Error::Database(_))), "the title is taken");
    Tx::run(&pool, async |tx| LIBRARY.publish(tx, "Persuasion").await).await.expect("the title is free");
    let books = ReadTx::run(&pool, async |tx| LIBRARY.books.count(tx).await).await.expect("two books");
    assert_eq!(books, 2);
    assert_clean(&pool).await;
}

#[tokio::test]
async fn clones_take_turns() {
    let pool = in_memory().await;
    sqlx::raw_sql("CREATE TABLE number (n INTEGER); INSERT INTO number VALUES (0)")
        .execute(&pool)
        .await
        .expect("a new table");
    let tx = Tx::new(pool.clone());
    let tasks = (0..20).map(|_| {
        let mut tx = tx.clone();
        tokio::spawn(async move {
            let mut connection = tx.acquire().await?;
            let n: i64 = sqlx::query_scalar("SELECT n FROM number").fetch_one(&mut *connection).await?;
            tokio::task::yield_now().await;
            sqlx::query("UPDATE number SET n = ?").bind(n + 1).execute(&mut *connection).await
        })
    });
    for result in join_all(tasks).await {
        result.expect("no panic").expect("no error");
    }
    tx.commit().await.expect("it commits");
    let n: i64 = sqlx::query_scalar("SELECT n FROM number").fetch_one(&pool).await.expect("a number");
    assert_eq!(n, 20);
}

#[tokio::test]
async fn a_clone_waits_for_the_connection_no_longer_than_the_acquire_timeout() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    let mut clone = tx.clone();
    {
        let mut connection = tx.acquire().await.expect("the connection of the transaction");
        let mut rows = sqlx::query("SELECT title FROM book").fetch(&mut *connection);
        assert!(rows.try_next().await.expect("no error").is_some());
        tokio::time::pause();
        let start = Instant::now();
        assert!(matches!(clone.acquire().await, Err(Error::PoolTimedOut)));
        assert_eq!(start.elapsed().as_secs(), pool.options().get_acquire_timeout().as_secs());
        assert!(matches!(clone.nested(async |_| Ok::<_, Error>(())).await, Err(Error::PoolTimedOut)));
        tokio::time::resume();
    }
    assert_eq!(LIBRARY.books.count(&mut clone).await.expect("the connection of the transaction"), 1);
}

#[tokio::test]
async fn a_clone_that_outlives_the_transaction_is_an_error() {
    let pool = in_memory().await;
    for outcome in [Outcome::Success, Outcome::Cancelled] {
        for used in [false, true] {
            let mut tx = Tx::new(pool.clone());
            if used {
                drop(tx.acquire().await.expect("it begins"));
            }
            let mut clone = tx.clone();
            let mut reader = ReadTx::clone(&tx);
            tx.teardown(outcome).await.expect("it ends");
            assert!(is_ended(&clone.acquire().await.expect_err("it has ended")));
            assert!(is_ended(&reader.acquire().await.expect_err("it has ended")));
            assert!(is_ended(&clone.nested(async |_| Ok(())).await.expect_err("it has ended")));
            assert!(is_ended(&clone.clone().commit().await.expect_err("it has ended")));
            assert!(is_ended(&clone.clone().rollback().await.expect_err("it has ended")));
            clone.on_commit(async { unreachable!("it has ended") });
            // The scope ends a transaction that the handler has ended already: this is not an error.
            clone.teardown(Outcome::Success).await.expect("nothing to do");
            assert_clean(&pool).await;
        }
    }
}

#[tokio::test]
async fn a_query_that_is_dropped_does_not_prevent_the_rollback() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    {
        let mut connection = tx.acquire().await.expect("the connection of the transaction");
        let query = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n";
        assert!(drop_after(3, sqlx::query(query).fetch_one(&mut *connection)).await.is_none());
    }
    tx.teardown(Outcome::Cancelled).await.expect("it rolls back");
    assert_eq!(pool.size(), 1, "the connection was not closed");
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 0);
}

#[tokio::test]
async fn a_stream_that_is_dropped_does_not_prevent_the_commit() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    {
        let mut connection = tx.acquire().await.expect("the connection of the transaction");
        let query = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n";
        let mut rows = sqlx::query(query).fetch(&mut *connection);
        rows.try_next().await.expect("no error").expect("a row");
    }
    tx.teardown(Outcome::Success).await.expect("it commits");
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn a_begin_that_is_dropped_leaves_no_transaction_open() {
    let pool = in_memory().await;
    for polls in 0..12 {
        let mut tx = Tx::new(pool.clone());
        let _ = drop_after(polls, tx.acquire()).await.map(drop);
        assert_eq!(LIBRARY.books.count(&mut tx).await.expect("it begins"), 0);
        let _ = drop_after(polls, LIBRARY.publish(&mut tx, "Emma")).await;
        tx.teardown(Outcome::Cancelled).await.expect("it rolls back");
        assert_eq!(count(&pool).await, 0);
        assert_clean(&pool).await;
    }
}

#[tokio::test]
async fn an_end_that_is_dropped_continues() {
    let pool = in_memory().await;
    for polls in 1..12 {
        sqlx::raw_sql("DELETE FROM review; DELETE FROM book").execute(&pool).await.expect("empty tables");
        let log = Log::default();
        let mut tx = Tx::new(pool.clone());
        LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
        tx.on_commit(log.clone().add("committed"));
        let _ = drop_after(polls, tx.teardown(Outcome::Success)).await;
        assert_eq!(log.next().await, ["committed"]);
        assert_clean(&pool).await;
        assert_eq!(count(&pool).await, 1);

        let mut tx = Tx::new(pool.clone());
        LIBRARY.publish(&mut tx, "Persuasion").await.expect("a new book");
        let _ = drop_after(polls, tx.teardown(Outcome::Cancelled)).await;
        assert_clean(&pool).await;
        assert_eq!(count(&pool).await, 1);
    }
}

#[tokio::test]
async fn an_end_waits_for_the_connection_no_longer_than_the_acquire_timeout() {
    let pool = in_memory().await;
    for outcome in [Outcome::Success, Outcome::Panic] {
        let log = Log::default();
        let mut tx = Tx::new(pool.clone());
        LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
        tx.on_commit(log.clone().add("committed"));
        let mut clone = tx.clone();
        let mut later = tx.clone();
        let connection = clone.acquire().await.expect("the connection of the transaction");
        tokio::time::pause();
        let error = tx.teardown(outcome).await.expect_err("the connection is in use");
        tokio::time::resume();
        assert!(error.to_string().contains("still in use"), "{error}");
        assert_eq!(pool.num_idle(), 0, "the connection stays with its holder");
        drop(connection);
        assert_clean(&pool).await;
        assert!(is_ended(&later.acquire().await.expect_err("it has ended")));
        assert_eq!(count(&pool).await, 0);
        assert!(log.take().is_empty());
    }
}

#[tokio::test]
async fn a_commit_that_fails_is_rolled_back() {
    let pool = in_memory().await;
    let log = Log::default();
    let mut tx = Tx::new(pool.clone());
    LIBRARY.books.add(&mut tx, "Emma").await.expect("a new book");
    LIBRARY.reviews.add(&mut tx, "a book that is not there").await.expect("checked at the commit");
    tx.on_commit(log.clone().add("committed"));
    let error = tx.teardown(Outcome::Success).await.expect_err("a review without a book");
    assert!(error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation));
    assert_clean(&pool).await;
    assert_eq!(pool.size(), 1);
    assert_eq!(count(&pool).await, 0);
    assert!(log.take().is_empty());
}

#[tokio::test]
async fn a_commit_on_a_busy_database_is_rolled_back() {
    let file = File::new(SqliteJournalMode::Delete).await;
    let mut reader = ReadTx::new(file.pool.clone());
    LIBRARY.books.count(&mut reader).await.expect("a lock for reading");
    let mut tx = Tx::new(file.pool.clone());
    LIBRARY.books.add(&mut tx, "Emma").await.expect("the lock of a writer, and a write to the page cache");
    let error = tx.commit().await.expect_err("a reader has a lock");
    assert!(is_busy(&error), "{error}");
    assert_eq!(LIBRARY.books.count(&mut reader).await.expect("still there"), 0);
    reader.teardown(Outcome::Success).await.expect("it ends");
    assert_clean(&file.pool).await;
    assert_eq!(count(&file.pool).await, 0);
    Tx::run(&file.pool, async |tx| LIBRARY.books.add(tx, "Emma").await).await.expect("no lock");
}

/// `ON CONFLICT ROLLBACK` ends the transaction from within a statement.
#[tokio::test]
async fn a_commit_after_the_database_has_ended_the_transaction_is_an_error() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let mut tx = Tx::new(file.pool.clone());
    LIBRARY.books.add(&mut tx, "Emma").await.expect("a new book");
    let query = sqlx::query("INSERT OR ROLLBACK INTO book VALUES ('Emma')");
    query
        .execute(&mut *tx.acquire().await.expect("the connection of the transaction"))
        .await
        .expect_err("the title is taken");
    tx.teardown(Outcome::Success).await.expect_err("there is nothing to commit");
    assert_eq!(count(&file.pool).await, 0);
    assert_clean(&file.pool).await;
}

#[tokio::test]
async fn work_after_the_commit_runs_only_after_a_commit() {
    let pool = in_memory().await;
    let log = Log::default();
    let mut tx = Tx::new(pool.clone());
    tx.on_commit(log.clone().add("first"));
    tx.clone().on_commit(async { panic!("one of them") });
    tx.clone().on_commit(log.clone().add("second"));
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    tokio::task::yield_now().await;
    assert!(log.take().is_empty());
    tx.commit().await.expect("it commits");
    assert_eq!(log.take(), ["first", "second"], "`commit` waits for them");

    let mut tx = Tx::new(pool.clone());
    tx.on_commit(log.clone().add("in a request"));
    tx.teardown(Outcome::Success).await.expect("it commits");
    assert_eq!(log.next().await, ["in a request"]);

    let mut tx = Tx::new(pool.clone());
    tx.on_commit(log.clone().add("rolled back"));
    tx.clone().rollback().await.expect("it rolls back");
    let mut tx = Tx::new(pool.clone());
    tx.on_commit(log.clone().add("dropped"));
    drop(tx);
    let mut tx = Tx::new(pool.clone());
    tx.on_commit(log.clone().add("failed"));
    tx.teardown(Outcome::Failure(StatusCode::NOT_FOUND)).await.expect("it rolls back");
    tokio::task::yield_now().await;
    assert!(log.take().is_empty());
}

#[tokio::test]
async fn nested_parts_are_committed_or_rolled_back_on_their_own() {
    let pool = in_memory().await;
    let log = Log::default();
    let result = Tx::run(&pool, async |tx| {
        tx.on_commit(log.clone().add("outer"));
        LIBRARY.publish(tx, "Emma").await?;
        let kept: Result<i64, Error> = tx
            .nested(async |tx| {
                tx.on_commit(log.clone().add("kept"));
                LIBRARY.publish(tx, "Persuasion").await
            })
            .await;
        assert_eq!(kept?, 2);
        let undone: Result<(), Error> = tx
            .nested(async |tx| {
                tx.on_commit(log.clone().add("undone"));
                LIBRARY.publish(tx, "Mansfield Park").await?;
                let deeper: Result<i64, Error> = tx
                    .nested(async |tx| {
                        tx.on_commit(log.clone().add("undone with its parent"));
                        LIBRARY.publish(tx, "Northanger Abbey").await
                    })
                    .await;
                assert_eq!(deeper?, 4);
                Err(Error::RowNotFound)
            })
            .await;
        assert!(matches!(undone, Err(Error::RowNotFound)));
        let partly: Result<i64, Error> = tx
            .nested(async |tx| {
                LIBRARY.publish(tx, "Mansfield Park").await?;
                let deeper: Result<i64, Error> =
                    tx.nested(async |tx| LIBRARY.publish(tx, "Mansfield Park").await).await;
                deeper.expect_err("the title is taken");
                tx.on_commit(log.clone().add("kept as well"));
                LIBRARY.books.count(tx).await
            })
            .await;
        assert_eq!(partly?, 3);
        Ok::<_, Error>(())
    });
    result.await.expect("it commits");
    assert_eq!(log.take(), ["outer", "kept", "kept as well"]);
    assert_eq!(count(&pool).await, 3);
    assert_clean(&pool).await;
}

#[tokio::test]
async fn a_nested_part_that_is_dropped_is_rolled_back_before_the_next_use() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    for polls in 0..20 {
        let nested = tx.nested(async |tx| {
            tx.on_commit(async { unreachable!("it is undone") });
            LIBRARY.publish(tx, "Persuasion").await?;
            tx.nested(async |tx| {
                LIBRARY.publish(tx, "Mansfield Park").await?;
                pending::<Result<(), Error>>().await
            })
            .await
        });
        assert!(drop_after(polls, nested).await.is_none());
        assert_eq!(
            LIBRARY.books.count(&mut tx).await.expect("the connection of the transaction"),
            1,
            "{polls}"
        );
    }
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pool).await, 1);
    assert_clean(&pool).await;
}

#[tokio::test]
async fn a_nested_part_that_panics_is_rolled_back() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    let nested = tx.nested(async |tx| -> Result<(), Error> {
        LIBRARY.publish(tx, "Persuasion").await?;
        panic!("in between")
    });
    assert!(AssertUnwindSafe(nested).catch_unwind().await.is_err());
    assert_eq!(LIBRARY.books.count(&mut tx).await.expect("the connection of the transaction"), 1);
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn clones_wait_during_a_nested_part() {
    let pool = in_memory().await;
    let tx = Tx::new(pool.clone());
    let tasks = ["Emma", "Persuasion", "Mansfield Park"].map(|title| {
        let mut tx = tx.clone();
        tokio::spawn(async move {
            tx.nested(async |tx| {
                LIBRARY.publish(tx, title).await?;
                tokio::task::yield_now().await;
                if title == "Persuasion" { Err(Error::RowNotFound) } else { Ok(()) }
            })
            .await
        })
    });
    let results: Vec<_> = join_all(tasks).await.into_iter().map(|result| result.expect("no panic")).collect();
    assert!(matches!(results[..], [Ok(()), Err(Error::RowNotFound), Ok(())]));
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pool).await, 2);
}

#[tokio::test]
async fn a_nested_handle_that_outlives_its_part_is_an_error() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    let mut kept = tx.nested(async |tx| Ok::<_, Error>(tx.clone())).await.expect("nothing fails");
    assert!(is_ended(&kept.acquire().await.map(drop).expect_err("it has ended")));
    // Its teardown does not end the transaction.
    kept.teardown(Outcome::Cancelled).await.expect_err("only a part");
    LIBRARY.publish(&mut tx, "Emma").await.expect("the transaction continues");
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn a_nested_handle_cannot_end_its_part() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    let nested = tx.nested(async |tx| {
        LIBRARY.publish(tx, "Persuasion").await?;
        tx.clone().commit().await.expect_err("only a part");
        tx.clone().rollback().await.expect_err("only a part");
        ReadTx::clone(tx).teardown(Outcome::Cancelled).await.expect("nothing to do");
        LIBRARY.books.count(tx).await
    });
    assert_eq!(nested.await.expect("the transaction continues"), 2);
    assert_eq!(pool.num_idle(), 0);
    tx.rollback().await.expect("it rolls back");
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 0);
}

/// A clone still has the connection at the end of the savepoint. The state of the connection is unknown, so
/// the transaction is rolled back.
#[tokio::test]
async fn a_savepoint_that_cannot_end_ends_the_transaction() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    let mut kept = None;
    let result: Result<(), Error> = tx
        .nested(async |tx| {
            kept = Some(tx.clone());
            tokio::time::pause();
            let turn = kept.as_mut().expect("the clone").acquire().await?;
            // Never dropped.
            std::mem::forget(turn);
            Ok(())
        })
        .await;
    tokio::time::resume();
    assert!(result.expect_err("it is in use").to_string().contains("still in use"));
    assert!(matches!(tx.acquire().await, Err(Error::Io(_))));
    assert!(matches!(tx.teardown(Outcome::Success).await, Err(Error::Io(_))));
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_rolled_back() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    drop(tx);
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 0);

    // On a thread without a runtime.
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    thread::spawn(move || drop(tx)).join().expect("no panic");
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 0);

    let run = Tx::run(&pool, async |tx| {
        LIBRARY.publish(tx, "Emma").await?;
        pending::<Result<(), Error>>().await
    });
    assert!(drop_after(50, run).await.is_none());
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 0);
}

/// A transaction that sqlx begins on the connection of a `Tx` is a savepoint.
#[tokio::test]
async fn a_savepoint_of_sqlx_does_not_end_the_transaction() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    drop(tx.acquire().await.expect("the connection of the transaction").begin().await.expect("a savepoint"));
    tx.commit().await.expect("it was dropped");
    assert_eq!(count(&pool).await, 1);

    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Persuasion").await.expect("a new book");
    std::mem::forget(
        tx.acquire().await.expect("the connection of the transaction").begin().await.expect("a savepoint"),
    );
    tx.commit().await.expect_err("it is still open");
    assert_clean(&pool).await;
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn writes_through_a_read_handle_are_rolled_back() {
    let pool = in_memory().await;
    let mut tx = ReadTx::new(pool.clone());
    let insert = sqlx::query("INSERT INTO book VALUES ('Emma')");
    insert
        .execute(&mut *tx.acquire().await.expect("the connection of the transaction"))
        .await
        .expect("SQLite does not refuse it");
    tx.teardown(Outcome::Success).await.expect("it ends");
    assert_eq!(count(&pool).await, 0);
    assert_clean(&pool).await;
}

#[tokio::test]
async fn the_teardown_of_a_read_handle_does_not_end_the_transaction() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool.clone());
    LIBRARY.publish(&mut tx, "Emma").await.expect("a new book");
    ReadTx::clone(&tx).teardown(Outcome::Cancelled).await.expect("nothing to do");
    tx.teardown(Outcome::Success).await.expect("it commits");
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn an_immediate_transaction_has_the_write_lock_from_its_begin() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let mut first = IsolatedTx::<Sqlite, Immediate>::new(file.pool.clone());
    assert_eq!(LIBRARY.books.count(&mut first).await.expect("it begins"), 0);
    let mut second = IsolatedTx::<Sqlite, Immediate>::new(file.pool.clone());
    let error = LIBRARY.books.count(&mut second).await.expect_err("another transaction has the write lock");
    assert!(is_busy(&error), "{error}");
    LIBRARY.publish(&mut first, "Emma").await.expect("a new book");
    first.teardown(Outcome::Success).await.expect("it commits");
    // A begin that fails can be tried again.
    assert_eq!(LIBRARY.publish(&mut second, "Persuasion").await.expect("it begins"), 2);
    second.clone().rollback().await.expect("it rolls back");
    assert_eq!(count(&file.pool).await, 1);
    assert_clean(&file.pool).await;

    let run = IsolatedTx::<Sqlite, Serializable>::run(&file.pool, async |tx| {
        LIBRARY.publish(tx, "Persuasion").await
    });
    assert_eq!(run.await.expect("it commits"), 2);
}

#[tokio::test]
async fn an_exhausted_pool_and_a_closed_pool_are_errors() {
    let pool = in_memory().await;
    let connection = pool.acquire().await.expect("the only one");
    let mut tx = Tx::new(pool.clone());
    tokio::time::pause();
    assert!(matches!(tx.acquire().await, Err(Error::PoolTimedOut)));
    tokio::time::resume();
    drop(connection);
    drop(tx.acquire().await.expect("it may be tried again"));
    let close = tokio::spawn({
        let pool = pool.clone();
        async move { pool.close().await }
    });
    tx.commit().await.expect("it has its connection");
    timeout(LONG, close).await.expect("the connection is given back").expect("no panic");
    assert!(matches!(Tx::begin(&pool).await, Err(Error::PoolClosed)));
}

/// The futures of handlers have to be `Send`.
#[tokio::test]
async fn a_plain_handler_can_run_a_transaction() {
    async fn publish(State(pool): State<SqlitePool>, title: String) -> Result<String, StatusCode> {
        let library = Arc::new(LIBRARY);
        let run = Tx::run(&pool, async |tx| tx.nested(async |tx| library.publish(tx, &title).await).await);
        run.await.map(|n| n.to_string()).map_err(|_| StatusCode::CONFLICT)
    }
    let pool = in_memory().await;
    let router: Router = Router::new().route("/", post(publish)).with_state(pool.clone());
    let request = || axum::http::Request::post("/").body("Emma".to_owned()).expect("a request");
    for status in [StatusCode::OK, StatusCode::CONFLICT] {
        let response = tower::ServiceExt::oneshot(router.clone(), request()).await.expect("an answer");
        assert_eq!(response.status(), status);
    }
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn handles_have_layers_and_can_be_sent_and_formatted() {
    fn is_in<L, T: Layered<Layer = L> + Clone + Send + Sync + Unpin + std::fmt::Debug + 'static>() {}
    is_in::<Infrastructure, Tx<Sqlite>>();
    is_in::<Infrastructure, ReadTx<Sqlite>>();
    is_in::<Infrastructure, IsolatedTx<Sqlite, Immediate>>();
    is_in::<Repository, UnitOfWork<Sqlite>>();
    let mut tx = Tx::new(in_memory().await);
    assert_eq!(format!("{tx:?}"), "Tx(unused)");
    let connection = tx.acquire().await.expect("the connection of the transaction");
    assert_eq!(format!("{connection:?}"), "TxConnection { .. }");
    drop(connection);
    assert_eq!(format!("{:?}", ReadTx::clone(&tx)), "ReadTx(open)");
}
