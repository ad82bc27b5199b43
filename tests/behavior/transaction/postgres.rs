//! `Tx` on `PostgreSQL`.

use std::{future::pending, time::Duration};

use inject_runtime::{
    Outcome, Teardown,
    tx::{IsolatedTx, Isolation, ReadCommitted, ReadTx, RepeatableRead, Serializable, Tx},
};
use sqlx::{Error, PgPool, Postgres};
use tokio::time::Instant;

use super::{Log, all_idle, databases::postgres, drop_after};
use crate::support::{LONG, until};

async fn add(tx: &mut Tx<Postgres>, title: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO book VALUES ($1)").bind(title).execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

async fn count(tx: &mut ReadTx<Postgres>) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut *tx.acquire().await?).await
}

async fn show(tx: &mut ReadTx<Postgres>, setting: &'static str) -> sqlx::Result<String> {
    let query = sqlx::AssertSqlSafe(format!("SHOW {setting}"));
    sqlx::query_scalar(query).fetch_one(&mut *tx.acquire().await?).await
}

fn code(error: &Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// Asserts that no connection of the pool is in a transaction. Returns the number of books.
async fn assert_clean(pool: &PgPool) -> i64 {
    all_idle(pool).await;
    let mut connections = Vec::new();
    while let Some(mut connection) = pool.try_acquire() {
        assert!(!sqlx::Connection::is_in_transaction(&*connection));
        // Within an earlier transaction, `now()` is the time of its `BEGIN`.
        let query = sqlx::raw_sql("SELECT now() = statement_timestamp()");
        let row = sqlx::Executor::fetch_one(&mut *connection, query).await.expect("a connection that works");
        assert!(sqlx::Row::get::<bool, _>(&row, 0), "in a transaction");
        connections.push(connection);
    }
    drop(connections);
    sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(pool).await.expect("the table is there")
}

#[tokio::test]
async fn a_success_commits_and_a_panic_rolls_back() {
    let Some(pool) = postgres("commits_and_rolls_back", 1, LONG).await else { return };
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    assert_eq!(count(&mut tx.clone()).await.expect("the same connection"), 1);
    tx.teardown(Outcome::Success).await.expect("it commits");
    assert_eq!(assert_clean(&pool).await, 1);
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Persuasion").await.expect("a new book");
    tx.teardown(Outcome::Panic).await.expect("it rolls back");
    assert_eq!(assert_clean(&pool).await, 1);
}

#[tokio::test]
async fn a_query_that_is_dropped_does_not_prevent_the_rollback() {
    let Some(pool) = postgres("given_up", 1, LONG).await else { return };
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    {
        let mut connection = tx.acquire().await.expect("the connection of the transaction");
        let sleep = sqlx::query("SELECT pg_sleep(0.2)").execute(&mut *connection);
        assert!(drop_after(10, sleep).await.is_none());
    }
    tx.teardown(Outcome::Cancelled).await.expect("it rolls back");
    assert_eq!(pool.size(), 1, "the connection was not closed");
    assert_eq!(assert_clean(&pool).await, 0);
}

#[tokio::test]
async fn a_rollback_that_takes_too_long_closes_the_connection() {
    let timeout = Duration::from_millis(300);
    let Some(pool) = postgres("too_long", 1, timeout).await else { return };
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    {
        let mut connection = tx.acquire().await.expect("the connection of the transaction");
        let sleep = sqlx::query("SELECT pg_sleep(5)").execute(&mut *connection);
        assert!(drop_after(10, sleep).await.is_none());
    }
    let start = Instant::now();
    let error = tx.teardown(Outcome::Cancelled).await.expect_err("the connection is busy");
    assert!(error.to_string().contains("not rolled back in time"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(4));
    until(|| pool.size() == 0).await;
    // The pool opens another connection.
    assert_eq!(count(&mut Tx::begin(&pool).await.expect("it begins")).await.expect("it works"), 0);
    assert_eq!(assert_clean(&pool).await, 0);
}

/// At any point, the connection is neither closed nor returned to the pool with an open transaction.
#[tokio::test]
async fn dropping_any_operation_at_any_point_leaves_the_connection_usable() {
    let Some(pool) = postgres("dropped", 1, LONG).await else { return };
    let pid = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
    let pid = pid.fetch_one(&pool).await.expect("the process id");
    for polls in 0..16 {
        let mut tx = Tx::new(pool.clone());
        let _ = drop_after(polls, tx.acquire()).await.map(drop);
        drop(tx);
        assert_eq!(assert_clean(&pool).await, 0, "begin, {polls}");

        let mut tx = Tx::new(pool.clone());
        let _ = drop_after(polls, add(&mut tx, "Emma")).await;
        tx.teardown(Outcome::Cancelled).await.expect("it rolls back");
        assert_eq!(assert_clean(&pool).await, 0, "use, {polls}");

        let mut tx = Tx::new(pool.clone());
        let nested = tx.nested(async |tx| {
            add(tx, "Persuasion").await?;
            tx.nested(async |tx| {
                add(tx, "Mansfield Park").await?;
                pending::<Result<(), Error>>().await
            })
            .await
        });
        assert!(drop_after(polls, nested).await.is_none());
        assert_eq!(count(&mut tx).await.expect("the transaction continues"), 0, "nested, {polls}");
        let _ = drop_after(polls + 1, tx.teardown(Outcome::Success)).await;
        assert_eq!(assert_clean(&pool).await, 0, "commit, {polls}");
    }
    let same = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
    assert_eq!(same.fetch_one(&pool).await.expect("the process id"), pid);
}

#[tokio::test]
async fn a_commit_that_fails_is_rolled_back() {
    let Some(pool) = postgres("refused", 1, LONG).await else { return };
    let log = Log::default();
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    let review = sqlx::query("INSERT INTO review VALUES ('a book that is not there')");
    review
        .execute(&mut *tx.acquire().await.expect("the connection of the transaction"))
        .await
        .expect("checked at the commit");
    tx.on_commit(log.clone().add("committed"));
    let error = tx.teardown(Outcome::Success).await.expect_err("a review without a book");
    assert_eq!(code(&error).as_deref(), Some("23503"));
    assert_eq!(assert_clean(&pool).await, 0);
    assert_eq!(pool.size(), 1);
    assert!(log.take().is_empty());
}

/// `PostgreSQL` answers `COMMIT` after an error with a `ROLLBACK` and no error.
#[tokio::test]
async fn a_commit_after_an_ignored_error_is_an_error() {
    let Some(pool) = postgres("swallowed", 1, LONG).await else { return };
    let log = Log::default();
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    add(&mut tx, "Emma").await.expect_err("the title is taken");
    tx.on_commit(log.clone().add("committed"));
    let error = tx.teardown(Outcome::Success).await.expect_err("nothing was committed");
    assert_eq!(code(&error).as_deref(), Some("25P02"));
    assert_eq!(assert_clean(&pool).await, 0);
    assert_eq!(pool.size(), 1);
    assert!(log.take().is_empty());
}

#[tokio::test]
async fn nested_parts_are_committed_or_rolled_back_on_their_own() {
    let Some(pool) = postgres("nested", 1, LONG).await else { return };
    let log = Log::default();
    let run = Tx::run(&pool, async |tx| {
        add(tx, "Emma").await?;
        let refused = tx.nested(async |tx| {
            tx.on_commit(log.clone().add("undone"));
            add(tx, "Emma").await
        });
        assert_eq!(code(&refused.await.expect_err("the title is taken")).as_deref(), Some("23505"));
        // The rollback of the savepoint discards the error, so the transaction continues.
        tx.nested(async |tx| {
            tx.on_commit(log.clone().add("kept"));
            add(tx, "Persuasion").await
        })
        .await?;
        // An ignored error rolls the part back as well.
        let swallowed = tx.nested(async |tx| {
            add(tx, "Mansfield Park").await?;
            add(tx, "Emma").await.expect_err("the title is taken");
            Ok::<_, Error>(())
        });
        assert_eq!(code(&swallowed.await.expect_err("a failed transaction")).as_deref(), Some("25P02"));
        count(tx).await
    });
    assert_eq!(run.await.expect("it commits"), 2);
    assert_eq!(log.take(), ["kept"]);
    assert_eq!(assert_clean(&pool).await, 2);
}

/// If a savepoint fails, sqlx rolls the whole transaction back, and later statements would run outside of a
/// transaction.
#[tokio::test]
async fn a_savepoint_that_fails_ends_the_transaction() {
    let Some(pool) = postgres("half_done", 1, LONG).await else { return };
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    add(&mut tx, "Emma").await.expect_err("the title is taken");
    let error = tx.nested(async |tx| add(tx, "Persuasion").await).await.expect_err("a failed transaction");
    assert_eq!(code(&error).as_deref(), Some("25P02"));
    assert!(
        matches!(add(&mut tx, "Mansfield Park").await, Err(Error::Io(_))),
        "not outside of a transaction"
    );
    assert!(matches!(tx.teardown(Outcome::Success).await, Err(Error::Io(_))));
    let mut tx = Tx::begin(&pool).await.expect("another connection");
    assert_eq!(count(&mut tx).await.expect("it works"), 0);

    // A savepoint that is begun on the connection itself.
    add(&mut tx, "Emma").await.expect("a new book");
    add(&mut tx, "Emma").await.expect_err("the title is taken");
    let mut connection = tx.acquire().await.expect("the connection of the transaction");
    sqlx::Connection::begin(&mut *connection).await.map(drop).expect_err("a failed transaction");
    drop(connection);
    add(&mut tx, "Mansfield Park").await.expect_err("not outside of a transaction");
    tx.nested(async |tx| add(tx, "Mansfield Park").await).await.expect_err("nor in a savepoint");
    tx.commit().await.expect_err("it was rolled back");
    assert_eq!(assert_clean(&pool).await, 0);
}

#[tokio::test]
async fn a_connection_that_breaks_is_closed() {
    let Some(pool) = postgres("breaks", 2, LONG).await else { return };
    for outcome in [Outcome::Success, Outcome::Cancelled] {
        let mut tx = Tx::new(pool.clone());
        add(&mut tx, "Emma").await.expect("a new book");
        let query = sqlx::query_scalar("SELECT pg_backend_pid()");
        let pid: i32 = query
            .fetch_one(&mut *tx.acquire().await.expect("the connection of the transaction"))
            .await
            .expect("the process id");
        let kill = sqlx::query("SELECT pg_terminate_backend($1, 5000)").bind(pid);
        kill.execute(&pool).await.expect("permission to terminate");
        tx.teardown(outcome).await.expect_err("the connection is broken");
        until(|| pool.size() == 1).await;
        assert_eq!(assert_clean(&pool).await, 0);
    }
}

#[tokio::test]
async fn a_read_only_transaction_refuses_writes() {
    let Some(pool) = postgres("only_reads", 1, LONG).await else { return };
    let mut tx = ReadTx::new(pool.clone());
    assert_eq!(count(&mut tx).await.expect("it reads"), 0);
    assert_eq!(show(&mut tx, "transaction_read_only").await.expect("a setting"), "on");
    let insert = sqlx::query("INSERT INTO book VALUES ('Emma')");
    let error = insert
        .execute(&mut *tx.acquire().await.expect("the connection of the transaction"))
        .await
        .expect_err("it reads only");
    assert_eq!(code(&error).as_deref(), Some("25006"));
    tx.teardown(Outcome::Success).await.expect("it ends");
    assert_eq!(assert_clean(&pool).await, 0);
    let mut tx = Tx::begin(&pool).await.expect("it begins");
    assert_eq!(show(&mut tx, "transaction_read_only").await.expect("a setting"), "off");
}

#[tokio::test]
async fn an_isolation_level_is_set() {
    async fn level<L: Isolation<Postgres>>(pool: &PgPool) -> String {
        let mut tx = IsolatedTx::<Postgres, L>::new(pool.clone());
        let level = show(&mut tx, "transaction_isolation").await.expect("a setting");
        tx.teardown(Outcome::Success).await.expect("it commits");
        level
    }
    let Some(pool) = postgres("levels", 1, LONG).await else { return };
    assert_eq!(level::<ReadCommitted>(&pool).await, "read committed");
    assert_eq!(level::<RepeatableRead>(&pool).await, "repeatable read");
    assert_eq!(level::<Serializable>(&pool).await, "serializable");
    assert_eq!(assert_clean(&pool).await, 0);
}

/// Two transactions read what the other one writes. The second one fails, at the latest at its commit.
#[tokio::test]
async fn a_serialization_failure_at_the_commit_is_an_error() {
    let Some(pool) = postgres("fit", 2, LONG).await else { return };
    let mut first = IsolatedTx::<Postgres, Serializable>::new(pool.clone());
    let mut second = IsolatedTx::<Postgres, Serializable>::new(pool.clone());
    assert_eq!(count(&mut first).await.expect("it reads"), 0);
    assert_eq!(count(&mut second).await.expect("it reads"), 0);
    add(&mut first, "Emma").await.expect("it writes");
    add(&mut second, "Persuasion").await.expect("it writes");
    first.teardown(Outcome::Success).await.expect("it commits");
    let error = second.teardown(Outcome::Success).await.expect_err("a serialization failure");
    assert_eq!(code(&error).as_deref(), Some("40001"));
    assert_eq!(assert_clean(&pool).await, 1);
}
