//! `UnitOfWork`: the transaction of a request in the hands of its services.

use std::{future::pending, panic::AssertUnwindSafe, pin::pin};

use axum::http::StatusCode;
use futures_util::FutureExt;
use inject_runtime::{
    BoxError, Inject, Problem, RequestScope, Routes, container, inject, layer, post, repository, routes,
    service,
    tx::{ReadTx, Tx, UnitOfWork},
};
use sqlx::{Error, Sqlite, SqlitePool};

use super::{
    Log, all_idle,
    databases::{count, in_memory},
};
use crate::support::{self, LONG, request, send};

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: support::Log,
}

#[repository(scope = request)]
struct Books {
    tx: Tx<Sqlite>,
}

impl Books {
    async fn add(&mut self, title: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO book VALUES (?)")
            .bind(title)
            .execute(&mut *self.tx.acquire().await?)
            .await?;
        Ok(())
    }
}

/// A value of the layer that is stated: a repository, from infrastructure.
#[derive(Clone)]
struct Titles(Vec<String>);

#[inject(layer = layer::Repository)]
async fn titles(mut tx: ReadTx<Sqlite>) -> Result<Titles, LibraryError> {
    let titles = sqlx::query_scalar("SELECT title FROM book ORDER BY title");
    Ok(Titles(titles.fetch_all(&mut *tx.acquire().await?).await?))
}

#[derive(Debug, thiserror::Error, Problem)]
enum LibraryError {
    #[error("the books cannot be stored")]
    #[problem(status = 500)]
    Storage(#[from] Error),
}

#[service(scope = request)]
struct Library {
    before: Titles,
    books: Books,
    unit: UnitOfWork<Sqlite>,
    log: Inject<support::Log>,
}

impl Library {
    /// Adds what is new, and returns how many titles were known.
    async fn import(&mut self, titles: &[&str]) -> Result<usize, LibraryError> {
        let Self { books, unit, log, .. } = self;
        let mut known = 0;
        for title in titles {
            let added: Result<(), Error> = unit
                .savepoint(async |unit| {
                    let log = log.clone();
                    unit.on_commit(async move {
                        log.add("committed");
                    });
                    books.add(title).await
                })
                .await;
            known += usize::from(added.is_err());
        }
        Ok(known)
    }
}

#[post("/import/{ending}", public)]
async fn import(
    axum::extract::Path(ending): axum::extract::Path<String>,
    mut library: Library,
) -> Result<String, LibraryError> {
    let known = library.import(&["Emma", "Persuasion", "Emma"]).await?;
    match ending.as_str() {
        "commit" => library.unit.commit().await?,
        "rollback" => library.unit.rollback().await?,
        _ => {}
    }
    Ok(format!("{known} of 3, {} before", library.before.0.len()))
}

#[tokio::test]
async fn a_service_ends_the_transaction_of_its_repositories() {
    for (ending, books, committed) in [("commit", 2, 2), ("rollback", 0, 0), ("leave", 2, 2)] {
        let pool = in_memory().await;
        let log = support::Log::default();
        let app = App::builder(AppInputs { pool: pool.clone(), log: log.clone() });
        let app = app.build().await.expect("nothing fails");
        let routes: Routes<App> = routes![import];
        let tasks = routes.tasks();
        let router = routes.into_router(app);
        let answer = send(&router, request("POST", &format!("/import/{ending}"))).await;
        assert_eq!((answer.status, &*answer.body), (StatusCode::OK, "1 of 3, 0 before"), "{ending}");
        tasks.drain(LONG).await.expect("nothing hangs");
        assert_eq!(log.take().len(), committed, "{ending}");
        assert_eq!(count(&pool).await, books, "{ending}");
        all_idle(&pool).await;
    }
}

#[tokio::test]
async fn a_savepoint_is_for_all_handles() {
    let pool = in_memory().await;
    let tx = Tx::new(pool.clone());
    let (mut books, mut other) = (Books { tx: tx.clone() }, Books { tx: tx.clone() });
    let mut unit = UnitOfWork::from(tx);
    let log = Log::default();
    other.add("Emma").await.expect("a new title");
    let undone = unit
        .savepoint(async |unit| {
            unit.on_commit(log.clone().add("undone"));
            books.add("Persuasion").await?;
            unit.savepoint(async |unit| {
                unit.on_commit(log.clone().add("inner"));
                other.add("Mansfield Park").await
            })
            .await?;
            books.tx.nested(async |tx| Books { tx: tx.clone() }.add("Sanditon").await).await?;
            // The connection has five books now. A title that is known undoes the outer savepoint.
            books.add("Emma").await
        })
        .await;
    assert!(undone.is_err());
    unit.on_commit(log.clone().add("kept"));
    let kept: Result<(), Error> = unit.savepoint(async |_| other.add("Lady Susan").await).await;
    kept.expect("a new title");
    unit.commit().await.expect("nothing fails");
    assert_eq!(log.next().await, ["kept"]);
    assert_eq!(count(&pool).await, 2);
    assert!(unit.commit().await.is_err(), "it has ended");
    assert!(books.add("Persuasion").await.is_err(), "it has ended for the repositories");
}

#[tokio::test]
async fn savepoints_are_a_stack() {
    let pool = in_memory().await;
    let mut unit = UnitOfWork::<Sqlite>::new(pool.clone());
    let mut outer = unit.clone();
    let result = unit
        .savepoint(async |_| -> Result<(), Error> {
            let error = outer.savepoint(async |_| Ok::<_, Error>(())).await.expect_err("one is open");
            assert!(matches!(error, Error::InvalidArgument(_)), "{error}");
            outer.commit().await
        })
        .await;
    assert!(result.is_err(), "a savepoint was open at the commit");
    assert_eq!(count(&pool).await, 0);
    all_idle(&pool).await;
}

#[tokio::test]
async fn a_dropped_or_panicking_savepoint_is_rolled_back() {
    let pool = in_memory().await;
    let tx = Tx::new(pool.clone());
    let mut books = Books { tx: tx.clone() };
    let mut unit = UnitOfWork::from(tx);
    let log = Log::default();
    {
        let dropped = unit.savepoint(async |unit| {
            unit.on_commit(log.clone().add("dropped"));
            books.add("Emma").await?;
            pending::<Result<(), Error>>().await
        });
        let mut dropped = pin!(dropped);
        assert!(futures_util::poll!(&mut dropped).is_pending());
        tokio::time::timeout(std::time::Duration::from_millis(300), &mut dropped)
            .await
            .expect_err("it waits");
    }
    books.add("Persuasion").await.expect("the savepoint is rolled back first");
    let panicked = AssertUnwindSafe(unit.savepoint(async |_| -> Result<(), Error> {
        books.add("Sanditon").await?;
        panic!("in a savepoint")
    }));
    panicked.catch_unwind().await.expect_err("a panic");
    unit.commit().await.expect("the savepoints are rolled back");
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(count(&pool).await, 1);
    all_idle(&pool).await;
}

#[tokio::test]
async fn it_works_outside_of_http() {
    let pool = in_memory().await;
    let app = App::builder(AppInputs { pool: pool.clone(), log: support::Log::default() });
    let app = app.build().await.expect("nothing fails");
    let known = RequestScope::of(&app)
        .run(async |mut library: Library| -> Result<_, BoxError> { Ok(library.import(&["Emma"]).await?) });
    assert_eq!(known.await.expect("nothing fails"), 0);
    assert_eq!(count(&pool).await, 1);
}
