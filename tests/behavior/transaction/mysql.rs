//! `Tx` on `MySQL` and `MariaDB`.

use std::future::pending;

use inject_runtime::{
    Outcome, Teardown,
    tx::{ErrorKind, IsolatedTx, ReadCommitted, ReadTx, RepeatableRead, Serializable, Tx},
};
use sqlx::{Error, MySql, MySqlPool};

use super::{Log, all_idle, databases::mysql, drop_after};

async fn add(tx: &mut Tx<MySql>, title: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO book (title) VALUES (?)").bind(title).execute(tx).await?;
    Ok(())
}

async fn count(tx: &mut ReadTx<MySql>) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(tx).await
}

/// Returns the number of books that are committed, when all connections are idle.
async fn committed(pool: &MySqlPool) -> i64 {
    all_idle(pool).await;
    sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(pool).await.expect("the table is there")
}

async fn execute(tx: &mut Tx<MySql>, sql: &'static str) -> sqlx::Result<()> {
    sqlx::raw_sql(sql).execute(tx).await.map(drop)
}

#[tokio::test]
async fn a_success_commits_and_a_panic_rolls_back() {
    let Some(pool) = mysql("ends", 1).await else { return };
    let log = Log::default();
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect("a new book");
    tx.on_commit(log.clone().add("committed"));
    tx.teardown(Outcome::Success).await.expect("it commits");
    assert_eq!(log.next().await, ["committed"]);
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Persuasion").await.expect("a new book");
    tx.teardown(Outcome::Panic).await.expect("it rolls back");
    assert_eq!(committed(&pool).await, 1);
}

#[tokio::test]
async fn nested_parts_are_committed_or_rolled_back_on_their_own() {
    let Some(pool) = mysql("nested", 1).await else { return };
    let run = Tx::run(&pool, async |tx| {
        add(tx, "Emma").await?;
        let refused = tx.nested(async |tx| {
            add(tx, "Persuasion").await?;
            add(tx, "Emma").await
        });
        assert_eq!(ErrorKind::of(&refused.await.expect_err("the title is taken")), ErrorKind::Unique);
        tx.nested(async |tx| add(tx, "Sanditon").await).await?;
        count(tx).await
    });
    assert_eq!(run.await.expect("it commits"), 2);
    assert_eq!(committed(&pool).await, 2);
}

/// What another connection does, seen from a transaction, shows its level.
async fn level(mut tx: Tx<MySql>, others: &MySqlPool) -> &'static str {
    assert_eq!(count(&mut tx).await.expect("it reads"), 1);
    let lock = sqlx::query("SELECT * FROM book FOR UPDATE NOWAIT").fetch_one(others).await;
    if let Err(error) = lock {
        assert_eq!(ErrorKind::of(&error), ErrorKind::Busy);
        tx.commit().await.expect("it commits");
        return "what it reads is locked";
    }
    sqlx::query("INSERT INTO book (title) VALUES ('Persuasion')").execute(others).await.expect("new");
    let seen = count(&mut tx).await.expect("it reads");
    tx.commit().await.expect("it commits");
    sqlx::query("DELETE FROM book WHERE title = 'Persuasion'").execute(others).await.expect("it is there");
    if seen == 2 { "it sees what others commit" } else { "it sees one state" }
}

/// The pool has one connection: each transaction follows on the one before.
#[tokio::test]
async fn a_level_is_that_of_its_transaction_alone() {
    let Some(pool) = mysql("levels", 1).await else { return };
    let others = MySqlPool::connect_with((*pool.connect_options()).clone()).await.expect("the same database");
    sqlx::query("INSERT INTO book (title) VALUES ('Emma')").execute(&others).await.expect("new");
    let at = async |tx: Tx<MySql>| level(tx, &others).await;
    let serializable = IsolatedTx::<MySql, Serializable>::new(pool.clone());
    assert_eq!(at((*serializable).clone()).await, "what it reads is locked");
    assert_eq!(at(Tx::new(pool.clone())).await, "it sees one state");
    let committed = IsolatedTx::<MySql, ReadCommitted>::new(pool.clone());
    assert_eq!(at((*committed).clone()).await, "it sees what others commit");
    let repeatable = IsolatedTx::<MySql, RepeatableRead>::new(pool.clone());
    assert_eq!(at((*repeatable).clone()).await, "it sees one state");
    others.close().await;
}

#[tokio::test]
async fn a_transaction_that_only_reads_refuses_writes() {
    let Some(pool) = mysql("read_only", 1).await else { return };
    let mut tx = ReadTx::new(pool.clone());
    let error = sqlx::query("INSERT INTO book (title) VALUES ('Emma')").execute(&mut tx).await;
    let error = error.expect_err("it is read-only");
    assert_eq!(
        error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
        Some("25006")
    );
    tx.teardown(Outcome::Success).await.expect("it ends");
    Tx::run(&pool, async |tx| add(tx, "Emma").await).await.expect("the connection can write again");
    assert_eq!(committed(&pool).await, 1);
}

#[tokio::test]
async fn kinds_of_errors_and_the_key() {
    let Some(pool) = mysql("kinds", 2).await else { return };
    let refused = async |sql: &'static str| sqlx::query(sql).execute(&pool).await.expect_err("a constraint");
    sqlx::query("INSERT INTO book VALUES ('Emma', 1)").execute(&pool).await.expect("new");
    let unique = refused("INSERT INTO book VALUES ('Emma', 1)").await;
    assert_eq!((ErrorKind::of(&unique), ErrorKind::constraint(&unique)), (ErrorKind::Unique, Some("title")));
    for (sql, kind) in [
        ("INSERT INTO review VALUES ('Sanditon')", ErrorKind::ForeignKey),
        ("INSERT INTO book VALUES (NULL, 1)", ErrorKind::NotNull),
        ("INSERT INTO book VALUES ('Sanditon', 0)", ErrorKind::Check),
    ] {
        assert_eq!(ErrorKind::of(&refused(sql).await), kind, "{sql}");
    }
    let mut holder = Tx::new(pool.clone());
    execute(&mut holder, "UPDATE book SET pages = 2").await.expect("it locks");
    let mut other = Tx::new(pool.clone());
    let busy = execute(&mut other, "SELECT * FROM book FOR UPDATE NOWAIT").await.expect_err("a lock");
    assert_eq!(ErrorKind::of(&busy), ErrorKind::Busy);
}

/// The server rolls back the transaction, and what follows is written outside of any. The commit says so.
#[tokio::test]
async fn a_deadlock_is_a_conflict_and_its_transaction_does_not_commit() {
    let Some(pool) = mysql("deadlock", 2).await else { return };
    sqlx::query("INSERT INTO book VALUES ('Emma', 1), ('Persuasion', 1)").execute(&pool).await.expect("new");
    let update = "UPDATE book SET pages = pages + 1 WHERE title = ?";
    let mut one = Tx::new(pool.clone());
    let mut two = Tx::new(pool.clone());
    sqlx::query(update).bind("Emma").execute(&mut one).await.expect("a lock");
    sqlx::query(update).bind("Persuasion").execute(&mut two).await.expect("a lock");
    let (first, second) = tokio::join!(
        sqlx::query(update).bind("Persuasion").execute(&mut one),
        sqlx::query(update).bind("Emma").execute(&mut two),
    );
    let (victim, error, winner) = match (first, second) {
        (Err(error), Ok(_)) => (one, error, two),
        (Ok(_), Err(error)) => (two, error, one),
        other => panic!("one of the two: {other:?}"),
    };
    assert_eq!(ErrorKind::of(&error), ErrorKind::Conflict);
    winner.commit().await.expect("it commits");
    let error = victim.commit().await.expect_err("it was rolled back");
    assert!(error.to_string().contains("deadlock"), "{error}");
    assert_eq!(committed(&pool).await, 2);
}

/// At any point, nothing is committed, and the pool works. sqlx cannot continue a connection of MySQL after some points: such a
/// connection is closed.
#[tokio::test]
async fn dropping_any_operation_at_any_point_commits_nothing() {
    let Some(pool) = mysql("dropped", 1).await else { return };
    for polls in 0..16 {
        let mut tx = Tx::new(pool.clone());
        let _ = drop_after(polls, tx.acquire()).await.map(drop);
        drop(tx);
        assert_eq!(committed(&pool).await, 0, "begin, {polls}");

        let mut tx = Tx::new(pool.clone());
        let _ = drop_after(polls, add(&mut tx, "Emma")).await;
        _ = tx.teardown(Outcome::Cancelled).await;
        assert_eq!(committed(&pool).await, 0, "use, {polls}");

        let mut tx = Tx::new(pool.clone());
        let nested = tx.nested(async |tx| {
            add(tx, "Persuasion").await?;
            pending::<Result<(), Error>>().await
        });
        assert!(drop_after(polls, nested).await.is_none());
        _ = tx.teardown(Outcome::Success).await;
        assert_eq!(committed(&pool).await, 0, "nested, {polls}");
    }
}

#[tokio::test]
async fn a_test_is_rolled_back() {
    let Some(pool) = mysql("rolled_back", 1).await else { return };
    let test = Tx::rolled_back(&pool);
    for title in ["Emma", "Emma", "Persuasion"] {
        let mut tx = test.tx();
        match add(&mut tx, title).await {
            Ok(()) => tx.commit().await.expect("it is kept"),
            Err(_) => tx.rollback().await.expect("it is undone"),
        }
    }
    assert_eq!(count(&mut test.tx()).await.expect("it reads"), 2);
    test.end().await.expect("it rolls back");
    assert_eq!(committed(&pool).await, 0);
}
