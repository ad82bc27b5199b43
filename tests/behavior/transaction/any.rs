//! `Tx` on `sqlx::Any`.

use std::env;

use inject_runtime::tx::{ErrorKind, Tx};
use sqlx::{Any, AnyPool, any::AnyPoolOptions};

use super::{
    all_idle,
    databases::{mysql, postgres},
};
use crate::support::LONG;

async fn pool(url: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    AnyPoolOptions::new().max_connections(1).connect(url).await.expect("the database")
}

async fn add(tx: &mut Tx<Any>, title: &'static str) -> sqlx::Result<()> {
    // The placeholders are those of the database.
    let sql = sqlx::AssertSqlSafe(format!("INSERT INTO book (title) VALUES ('{title}')"));
    sqlx::query(sql).execute(tx).await.map(drop)
}

/// Whatever the database.
async fn check(pool: &AnyPool) {
    let committed = Tx::run(pool, async |tx| {
        add(tx, "Emma").await?;
        let error = tx.nested(async |tx| add(tx, "Emma").await).await.expect_err("the title is taken");
        assert_eq!(ErrorKind::of(&error), ErrorKind::Unique);
        tx.nested(async |tx| add(tx, "Persuasion").await).await
    });
    committed.await.expect("it commits");
    let undone = Tx::run(pool, async |tx| {
        add(tx, "Sanditon").await?;
        Err::<(), _>(sqlx::Error::RowNotFound)
    });
    undone.await.expect_err("it rolls back");
    all_idle(pool).await;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(pool).await.expect("clean");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn on_sqlite() {
    let pool = pool("sqlite::memory:").await;
    sqlx::query("CREATE TABLE book (title TEXT UNIQUE)").execute(&pool).await.expect("a new table");
    check(&pool).await;
}

#[tokio::test]
async fn on_postgres_an_ignored_error_does_not_commit() {
    let Some(schema) = postgres("any", 1, LONG).await else { return };
    schema.close().await;
    let url = env::var("DATABASE_URL").expect("the test above has it");
    let separator = if url.contains('?') { '&' } else { '?' };
    let pool = pool(&format!("{url}{separator}options=-c%20search_path%3Dinject_tx_any")).await;
    check(&pool).await;
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Emma").await.expect_err("the title is taken");
    tx.commit().await.expect_err("PostgreSQL would answer with a rollback, and without an error");
}

#[tokio::test]
async fn on_mysql_a_statement_that_commits_is_noticed() {
    let Some(database) = mysql("any", 1).await else { return };
    database.close().await;
    let url = env::var("MYSQL_URL").expect("the test above has it");
    let server = url.rsplit_once('/').expect("a URL with a database").0;
    let pool = pool(&format!("{server}/inject_tx_any")).await;
    check(&pool).await;
    let mut tx = Tx::new(pool.clone());
    add(&mut tx, "Sanditon").await.expect("a new book");
    sqlx::query("CREATE TABLE author (name INT)").execute(&mut tx).await.expect("a new table");
    let error = tx.commit().await.expect_err("it has ended");
    assert!(error.to_string().contains("CREATE TABLE"), "{error}");
}
