//! Handles as executors of sqlx.

use futures_util::{StreamExt as _, TryStreamExt as _};
use inject_runtime::tx::{Immediate, IsolatedTx, ReadTx, Tx};
use sqlx::{
    Column as _, Database, Error, Executor, FromRow, Postgres, Row as _, SqlStr, Sqlite, SqliteExecutor,
    Statement as _,
};

use super::{
    all_idle,
    databases::{count, in_memory, postgres},
    drop_after,
};
use crate::support::LONG;

/// Function over any executor of sqlx.
async fn titles<'e>(executor: impl SqliteExecutor<'e>) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("SELECT title FROM book ORDER BY title").fetch_all(executor).await
}

/// Function over any database whose connections are executors.
async fn add<DB, P>(tx: &mut Tx<DB, P>, statement: &'static str) -> sqlx::Result<()>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    tx.execute(statement).await?;
    Ok(())
}

#[derive(FromRow)]
struct Book {
    title: String,
}

#[tokio::test]
async fn statements_take_a_handle() {
    let pool = in_memory().await;
    all_idle(&pool).await;
    let mut tx = Tx::new(pool.clone());
    assert_eq!(pool.num_idle(), 1, "nothing has begun");
    let insert = "INSERT INTO book VALUES (?), (?)";
    let done = sqlx::query(insert).bind("Emma").bind("Persuasion").execute(&mut tx).await.expect("new");
    assert_eq!((done.rows_affected(), pool.num_idle()), (2, 0));
    add(&mut tx, "INSERT INTO book VALUES ('Sanditon')").await.expect("new");

    let one: Book = sqlx::query_as("SELECT title FROM book WHERE title = 'Emma'")
        .fetch_one(&mut tx)
        .await
        .expect("a row");
    assert_eq!(one.title, "Emma");
    let none = sqlx::query("SELECT 1 FROM book WHERE title = 'Lady Susan'").fetch_optional(&mut tx);
    assert!(none.await.expect("it works").is_none());
    assert_eq!(titles(&mut tx).await.expect("it reads"), ["Emma", "Persuasion", "Sanditon"]);
    let mut reader: ReadTx<Sqlite> = ReadTx::clone(&tx);
    assert_eq!(titles(&mut reader).await.expect("the same transaction").len(), 3);
    let missing = sqlx::query("SELECT 1 FROM book WHERE false").fetch_one(&mut reader).await;
    assert!(matches!(missing, Err(Error::RowNotFound)));

    let steps =
        sqlx::raw_sql("DELETE FROM book WHERE title = 'Emma'; SELECT title FROM book").fetch_many(&mut tx);
    let steps: Vec<_> = steps.try_collect().await.expect("two statements");
    assert_eq!(steps.iter().filter(|step| step.is_right()).count(), 2);
    tx.commit().await.expect("it commits");
    assert_eq!(count(&pool).await, 2);
}

#[tokio::test]
async fn statements_are_prepared_and_described() {
    let pool = in_memory().await;
    let mut tx = IsolatedTx::<Sqlite, Immediate>::new(pool);
    let sql = || SqlStr::from_static("SELECT title FROM book WHERE title = ?");
    let statement = tx.prepare(sql()).await.expect("a statement");
    assert_eq!(statement.columns()[0].name(), "title");
    let described = (&mut tx).describe(sql()).await.expect("a statement");
    assert_eq!(described.columns()[0].name(), "title");
    let rows = statement.query().bind("Emma").fetch_all(&mut tx).await.expect("it runs");
    assert!(rows.is_empty());
}

#[tokio::test]
async fn a_stream_of_rows_has_the_turn_until_it_is_dropped() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool);
    for title in ["Emma", "Persuasion", "Sanditon"] {
        sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut tx).await.expect("new");
    }
    let mut clone = tx.clone();
    let mut rows = sqlx::query("SELECT title FROM book ORDER BY title").fetch(&mut tx);
    let first = rows.next().await.expect("a row").expect("it reads");
    assert_eq!(first.get::<&str, _>(0), "Emma");
    assert!(drop_after(5, titles(&mut clone)).await.is_none(), "the clone waits");
    let second = rows.try_next().await.expect("it reads").expect("a row");
    assert_eq!(second.get::<&str, _>(0), "Persuasion");
    drop(rows);
    assert_eq!(titles(&mut clone).await.expect("its turn").len(), 3);
    let mut rows = sqlx::query("SELECT title FROM book").fetch(&mut tx);
    assert_eq!(rows.by_ref().count().await, 3);
    assert!(rows.next().await.is_none(), "it stays ended");
    // What has ended holds nothing.
    assert_eq!(titles(&mut clone).await.expect("its turn").len(), 3);
}

#[tokio::test]
async fn a_handle_of_an_ended_transaction_is_an_error_of_every_statement() {
    let pool = in_memory().await;
    let mut tx = Tx::new(pool);
    tx.clone().commit().await.expect("nothing to commit");
    assert!(matches!(titles(&mut tx).await, Err(Error::InvalidArgument(_))));
    let mut rows = sqlx::query("SELECT 1").fetch(&mut tx);
    assert!(matches!(rows.next().await, Some(Err(Error::InvalidArgument(_)))));
    assert!(rows.next().await.is_none());
    drop(rows);
    assert!(matches!(tx.prepare(SqlStr::from_static("SELECT 1")).await, Err(Error::InvalidArgument(_))));
}

#[tokio::test]
async fn on_postgres_rows_are_a_stream_that_can_be_dropped_halfway() {
    let Some(pool) = postgres("executor", 1, LONG).await else { return };
    let mut tx: Tx<Postgres> = Tx::new(pool.clone());
    add(&mut tx, "INSERT INTO book SELECT 'book ' || n FROM generate_series(1, 1000) n").await.expect("new");
    let mut rows = sqlx::query_scalar::<_, String>("SELECT title FROM book").fetch(&mut tx);
    assert_eq!(rows.try_next().await.expect("it reads").as_deref(), Some("book 1"));
    drop(rows);
    let statement = tx.prepare(SqlStr::from_static("SELECT count(*) FROM book")).await.expect("a statement");
    let row = statement.query().fetch_one(&mut tx).await.expect("a row");
    assert_eq!(row.get::<i64, _>(0), 1000);
    tx.rollback().await.expect("it ends");
}
