//! Test mode: requests in a transaction that is never committed.

use std::time::Duration;

use axum::{Router, extract::Path, http::StatusCode};
use futures_util::future::join_all;
use inject_runtime::{
    BoxError, Inject, Problem, RequestScope, Routes, container, get, inject,
    layer::Infrastructure,
    post, routes,
    tx::{IsolatedTx, ReadTx, RolledBack, Serializable, Tx},
};
use sqlx::{
    Error, PgPool, Postgres, Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::{
    all_idle,
    databases::{self, File, in_memory, postgres},
};
use crate::support::{LONG, Log, request, send, until};

#[derive(Debug, thiserror::Error, Problem)]
#[error(transparent)]
#[problem(transparent)]
struct BookError(#[from] Error);

/// Applications on the two databases.
macro_rules! on {
    ($module:ident, $db:ty, $pool:ty, $insert:literal) => {
        mod $module {
            use super::*;

            #[container]
            pub(super) struct App {
                #[input]
                pub(super) pool: $pool,
                #[input]
                pub(super) log: Log,
            }

            /// Value that is read before everything else.
            #[derive(Clone)]
            struct Known(i64);

            #[inject(layer = Infrastructure)]
            async fn known(mut tx: ReadTx<$db>) -> Result<Known, BookError> {
                Ok(Known(sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut tx).await?))
            }

            #[post("/books/{title}", public)]
            async fn add(
                Path(title): Path<String>,
                Inject(log): Inject<Log>,
                #[layering(allow, reason = "a test of the transaction itself")] Known(known): Known,
                #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<$db>,
            ) -> Result<String, BookError> {
                tx.on_commit(async move {
                    log.add("committed");
                });
                sqlx::query($insert).bind(&title).execute(&mut tx).await?;
                tokio::task::yield_now().await;
                if title == "panic" {
                    panic!("a handler that panics");
                }
                sqlx::query($insert).bind(format!("{title}, volume 2")).execute(&mut tx).await?;
                Ok(known.to_string())
            }

            #[get("/books", public)]
            async fn count(
                #[layering(allow, reason = "a test of the transaction itself")] Known(known): Known,
            ) -> String {
                known.to_string()
            }

            #[post("/serializable/{title}", public)]
            async fn serializable(
                Path(title): Path<String>,
                #[layering(allow, reason = "a test of the transaction itself")] mut tx: IsolatedTx<
                    $db,
                    Serializable,
                >,
            ) -> Result<(), BookError> {
                sqlx::query($insert).bind(&title).execute(&mut tx).await?;
                Ok(())
            }

            pub(super) async fn router(pool: &$pool, test: &RolledBack<$db>, log: &Log) -> Router {
                let inputs = AppInputs { pool: pool.clone(), log: log.clone() };
                let app = App::builder(inputs).build().await.expect("nothing fails");
                let test = test.clone();
                let routes: Routes<App> = routes![add, count, serializable];
                routes.override_provider(move |_| test.clone()).into_router(app)
            }

            /// The pool is for the test, and `others` for what another connection sees.
            pub(super) async fn requests(pool: &$pool, others: &$pool) {
                let count = || async {
                    let count: i64 =
                        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(others).await.unwrap();
                    count
                };
                let log = Log::default();
                let test = Tx::rolled_back(pool);
                let router = router(pool, &test, &log).await;
                let mut tx = test.tx();
                sqlx::query($insert).bind("a book of the test").execute(&mut tx).await.unwrap();
                tx.commit().await.unwrap();

                let added = send(&router, request("POST", "/books/Emma")).await;
                assert_eq!((added.status, added.body.as_str()), (StatusCode::OK, "1"));
                log.until("committed").await;
                assert_eq!(send(&router, request("GET", "/books")).await.body, "3");
                // A second row of the same title: the first of this request is undone, and nothing else.
                let refused = send(&router, request("POST", "/books/Emma")).await;
                assert_eq!(refused.status, StatusCode::CONFLICT);
                let panicked = send(&router, request("POST", "/books/panic")).await;
                assert_eq!(panicked.status, StatusCode::INTERNAL_SERVER_ERROR);
                assert_eq!(
                    send(&router, request("POST", "/serializable/Sanditon")).await.status,
                    StatusCode::OK
                );
                assert_eq!(send(&router, request("GET", "/books")).await.body, "4");
                // They take turns.
                let paths: Vec<_> = (0..8).map(|number| format!("/books/{number}")).collect();
                let answers = join_all(paths.iter().map(|path| send(&router, request("POST", path)))).await;
                assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
                assert_eq!(send(&router, request("GET", "/books")).await.body, "20");
                assert_eq!(count().await, 0, "another connection sees nothing");
                until(|| log.count("committed") >= 9).await;

                let mut late = test.tx();
                test.end().await.expect("it rolls back");
                assert!(matches!(late.acquire().await, Err(Error::InvalidArgument(_))));
                let after = send(&router, request("GET", "/books")).await;
                assert_eq!(after.status, StatusCode::INTERNAL_SERVER_ERROR);
                drop((router, late));
                assert_eq!(count().await, 0);
                all_idle(pool).await;
                assert_eq!(pool.size(), 1, "the connection is not closed");
            }
        }
    };
}

on!(sqlite, Sqlite, SqlitePool, "INSERT INTO book VALUES (?)");
on!(server, Postgres, PgPool, "INSERT INTO book VALUES ($1)");

#[tokio::test]
async fn requests_on_sqlite_are_savepoints() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let options = SqliteConnectOptions::new().filename(file.path());
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("the file");
    sqlite::requests(&pool, &file.pool).await;
    pool.close().await;
}

#[tokio::test]
async fn requests_on_postgres_are_savepoints() {
    let Some(others) = postgres("rolled_back", 1, LONG).await else { return };
    let options = sqlx::postgres::PgPoolOptions::new().max_connections(1).acquire_timeout(LONG);
    let pool = options.connect_with((*others.connect_options()).clone()).await.expect("the same schema");
    server::requests(&pool, &others).await;
    pool.close().await;
}

#[tokio::test]
async fn a_dropped_test_is_rolled_back_and_its_connection_is_kept() {
    let pool = in_memory().await;
    let test: RolledBack<Sqlite> = Tx::rolled_back(&pool);
    let mut tx = test.tx();
    sqlx::query("INSERT INTO book VALUES ('Emma')").execute(&mut tx).await.expect("new");
    drop(tx);
    let mut tx = test.tx();
    sqlx::query("INSERT INTO book VALUES ('Emma')").execute(&mut tx).await.expect("undone, so new again");
    tx.nested(async |tx| sqlx::query("INSERT INTO book VALUES ('Persuasion')").execute(tx).await)
        .await
        .expect("savepoints in it");
    tx.commit().await.expect("kept for the next");
    let mut tx = test.tx();
    let titles: Vec<String> =
        sqlx::query_scalar("SELECT title FROM book").fetch_all(&mut tx).await.expect("it reads");
    assert_eq!(titles.len(), 2);
    // While a unit of work is open.
    drop(test);
    drop(tx);
    all_idle(&pool).await;
    assert_eq!((databases::count(&pool).await, pool.size()), (0, 1));
}

#[tokio::test]
async fn jobs_are_savepoints_too() {
    let pool = in_memory().await;
    let log = Log::default();
    let inputs = sqlite::AppInputs { pool: pool.clone(), log };
    let app = sqlite::App::builder(inputs).build().await.expect("nothing fails");
    let test = Tx::rolled_back(&pool);
    let add = async |mut tx: Tx<Sqlite>| {
        sqlx::query("INSERT INTO book VALUES ('Emma')")
            .execute(&mut tx)
            .await
            .map(drop)
            .map_err(BoxError::from)
    };
    RequestScope::of(&app).with(test.clone()).run(add).await.expect("a new book");
    RequestScope::of(&app).with(test.clone()).run(add).await.expect_err("the title is taken");
    let mut tx = test.tx();
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut tx).await.expect("it reads");
    assert_eq!(count, 1);
    drop(tx);
    test.end().await.expect("it rolls back");
    assert_eq!(databases::count(&pool).await, 0);
}

#[tokio::test]
async fn a_unit_of_work_that_does_not_end_is_a_timeout() {
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(50));
    let pool = options.connect("sqlite::memory:").await.expect("a database");
    let test: RolledBack<Sqlite> = Tx::rolled_back(&pool);
    let mut holder = test.tx();
    drop(holder.acquire().await.expect("it begins"));
    assert!(matches!(test.tx().acquire().await, Err(Error::PoolTimedOut)));
    assert!(matches!(test.clone().end().await, Err(Error::PoolTimedOut)));
    holder.rollback().await.expect("it ends");
    test.end().await.expect("it ends");
}
