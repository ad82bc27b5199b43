//! Four serializable transactions at once on `PostgreSQL`: each reads what the others write.

use axum::http::{StatusCode, header};
use futures_util::future::join_all;
use inject_runtime::{
    Inject, RequestScope, RequestScopeLayer, Routes, ScopeError, Tasks, container, post, routes, transaction,
    tx::{self, IsolatedTx, ReadTx, RepeatableRead, Serializable, Tx},
};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};

use super::{
    super::databases::{count, in_memory, postgres},
    retry::{BookError, answer},
};
use crate::support::{LONG, Log};

#[container]
struct Servers {
    #[input]
    pool: PgPool,
}

async fn insert(tx: &mut Tx<Postgres>) -> Result<(), BookError> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut *tx.acquire().await?).await?;
    // All of them have read.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let insert =
        sqlx::query("INSERT INTO book VALUES ($1)").bind(format!("{count} {:?}", std::time::Instant::now()));
    insert.execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

#[post("/repeated", public)]
#[transaction(Tx<Postgres>, isolation = Serializable, retry = 3)]
async fn repeated(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<(), BookError> {
    insert(&mut tx).await
}

#[post("/once", public)]
#[transaction(Tx<Postgres>, isolation = Serializable)]
async fn once(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<(), BookError> {
    insert(&mut tx).await
}

#[tokio::test]
async fn four_serializable_writers_at_once_succeed_with_three_retries() {
    let Some(pool) = postgres("retries", 4, LONG).await else { return };
    let app = Servers::builder(ServersInputs { pool: pool.clone() }).build().await.expect("nothing fails");
    let router = (routes![repeated, once] as Routes<Servers>).into_router(app);
    let four = async |path| join_all((0..4).map(|_| answer(&router, path))).await;
    for _ in 0..5 {
        for answer in four("/repeated").await {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        }
    }
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&pool).await.expect("the table");
    assert_eq!(stored, 20);
    let answers = four("/once").await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != StatusCode::OK).collect();
    assert!(!refused.is_empty());
    for answer in refused {
        answer.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers[header::RETRY_AFTER], "1");
    }
}

/// The error of a commit in a scope without a request is a conflict as well.
#[tokio::test]
async fn four_scopes_outside_of_requests_succeed_with_three_retries() {
    let Some(pool) = postgres("scope_retries", 4, LONG).await else { return };
    let app = Servers::builder(ServersInputs { pool: pool.clone() }).build().await.expect("nothing fails");
    let scope = async || {
        tx::retry(3, async || {
            RequestScope::of(&app)
                .run(async |mut tx: IsolatedTx<Postgres, Serializable>| Ok(insert(&mut tx).await?))
                .await
        })
        .await
    };
    let results: Vec<Result<(), JobError>> = join_all((0..4).map(|_| scope())).await;
    for result in results {
        result.expect("one of four attempts");
    }
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&pool).await.expect("the table");
    assert_eq!(stored, 4);
}

#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error("the job is not done")]
    Scope(#[from] ScopeError),
    #[error("the job has failed")]
    Book(#[from] BookError),
}

/// In the scope of a layer, the endpoint as a handler of axum has its level as well.
#[tokio::test]
async fn in_a_scope_around_it_an_endpoint_has_its_level() {
    let Some(pool) = postgres("enclosed", 1, LONG).await else { return };
    let app = Servers::builder(ServersInputs { pool }).build().await.expect("nothing fails");
    let router = axum::Router::new().route("/level", axum::routing::post(level)).with_state(app);
    assert_eq!(answer(&router, "/level").await.body, "repeatable read");
    let router = router.layer(RequestScopeLayer::new(Tasks::default()));
    assert_eq!(answer(&router, "/level").await.body, "repeatable read");
}

#[post("/level", public)]
#[transaction(Tx<Postgres>, isolation = RepeatableRead)]
async fn level(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<String, BookError> {
    let query = sqlx::query_scalar("SELECT current_setting('transaction_isolation')");
    Ok(query.fetch_one(&mut *tx.acquire().await?).await?)
}

#[container]
struct Both {
    #[input]
    pool: PgPool,
    #[input]
    file: SqlitePool,
    #[input]
    log: Log,
}

/// A transaction of its own lets that of the request fail at its commit.
async fn conflict(tx: &mut Tx<Postgres>, pool: &PgPool) -> Result<(), BookError> {
    insert(tx).await?;
    Ok(IsolatedTx::<Postgres, Serializable>::run(pool, async |tx| {
        let query = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM book");
        let count = query.fetch_one(&mut *tx.acquire().await?).await?;
        let insert = sqlx::query("INSERT INTO book VALUES ($1)").bind(format!("other {count}"));
        insert.execute(&mut *tx.acquire().await?).await.map(drop)
    })
    .await?)
}

#[post("/one", public)]
#[transaction(Tx<Postgres>, isolation = Serializable, retry = 2)]
async fn one(
    Inject(log): Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] Inject(pool): Inject<PgPool>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
    #[layering(allow, reason = "a test of the transaction itself")] mut reader: ReadTx<Sqlite>,
) -> Result<(), BookError> {
    log.add("attempt");
    drop(reader.acquire().await?);
    conflict(&mut tx, &pool).await
}

#[post("/two", public)]
#[transaction(Tx<Postgres>, isolation = Serializable, retry = 2)]
async fn two(
    Inject(log): Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] Inject(pool): Inject<PgPool>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
    #[layering(allow, reason = "a test of the transaction itself")] mut file: Tx<Sqlite>,
) -> Result<(), BookError> {
    log.add("attempt");
    let insert = sqlx::query("INSERT INTO book VALUES ('Emma ' || random())");
    insert.execute(&mut *file.acquire().await?).await?;
    conflict(&mut tx, &pool).await
}

/// The second database commits first. What it has committed would be done twice.
#[tokio::test]
async fn a_conflict_at_the_commit_is_repeated_unless_another_database_has_committed() {
    let Some(pool) = postgres("two_databases", 2, LONG).await else { return };
    let (file, log) = (in_memory().await, Log::default());
    let inputs = BothInputs { pool: pool.clone(), file: file.clone(), log: log.clone() };
    let app = Both::builder(inputs).build().await.expect("nothing fails");
    let router = (routes![one, two] as Routes<Both>).into_router(app);
    answer(&router, "/one").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(log.take().len(), 3);
    answer(&router, "/two").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(log.take().len(), 1);
    assert_eq!(count(&file).await, 1);
    let others: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&pool).await.expect("the table");
    assert_eq!(others, 4);
}
