//! Four serializable transactions at once on `PostgreSQL`: each reads what the others write.

use axum::http::{StatusCode, header};
use futures_util::future::join_all;
use inject_runtime::{
    RequestScope, RequestScopeLayer, Routes, ScopeError, Tasks, container, post, routes, transaction,
    tx::{self, IsolatedTx, RepeatableRead, Serializable, Tx},
};
use sqlx::Postgres;

use super::{
    super::databases::postgres,
    retry::{BookError, answer},
};
use crate::support::LONG;

#[container]
struct Servers {
    #[input]
    pool: sqlx::PgPool,
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
