//! One transaction for a pool in a request, whatever handles ask for it.

use std::time::Duration;

use axum::{
    Router,
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::Response,
};
use futures_util::future::join_all;
use inject_runtime::{
    HasContainer, Problem, Routes, container, get, inject,
    layer::Infrastructure,
    post, routes,
    tx::{ErrorKind, Immediate, IsolatedTx, ReadTx, RepeatableRead, Serializable, Tx},
};
use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::databases::{File, count, in_memory, postgres};
use crate::support::{Answer, LONG, request, respond};

#[container]
struct Files {
    #[input]
    pool: SqlitePool,
}

#[container]
struct Servers {
    #[input]
    pool: PgPool,
}

#[derive(Debug, thiserror::Error, Problem)]
pub(super) enum BookError {
    #[error("the title is taken")]
    #[problem(status = 409)]
    Taken,
    #[error(transparent)]
    #[problem(transparent)]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for BookError {
    fn from(error: sqlx::Error) -> Self {
        match ErrorKind::of(&error) {
            ErrorKind::Unique => Self::Taken,
            _ => Self::Database(error),
        }
    }
}

async fn files(routes: Routes<Files>, pool: &SqlitePool) -> Router {
    let app = Files::builder(FilesInputs { pool: pool.clone() }).build().await.expect("nothing fails");
    routes.into_router(app)
}

async fn servers(routes: Routes<Servers>, pool: &PgPool) -> Router {
    let app = Servers::builder(ServersInputs { pool: pool.clone() }).build().await.expect("nothing fails");
    routes.into_router(app)
}

async fn answer(router: &Router, method: &str, path: &str) -> Answer {
    Answer::of(respond(router, request(method, path)).await).await
}

async fn add(tx: &mut Tx<Sqlite>, title: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

/// As a principal: it is read from the database, before everything else.
#[derive(Clone)]
struct Known(i64);

#[inject(layer = Infrastructure)]
async fn known(mut tx: ReadTx<Sqlite>) -> Result<Known, BookError> {
    let query = sqlx::query_scalar("SELECT count(*) FROM book");
    Ok(Known(query.fetch_one(&mut *tx.acquire().await?).await?))
}

#[post("/books", public)]
async fn create(
    #[layering(allow, reason = "a test of the transaction itself")] Known(known): Known,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), BookError> {
    // Another request has time to write.
    tokio::task::yield_now().await;
    let title = format!("{known} {:?}", std::time::Instant::now());
    Ok(add(&mut tx, &title).await?)
}

/// Begun deferred, the transaction of a reader that then writes is refused at once if another one has written.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_that_write_wait_for_each_other() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let path = file.path();
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(LONG);
    let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await.expect("the file");
    let router = files(routes![create], &pool).await;
    let client = async || {
        let mut created = 0;
        for _ in 0..40 {
            created += usize::from(answer(&router, "POST", "/books").await.status == StatusCode::OK);
        }
        created
    };
    let created: usize = join_all((0..8).map(|_| client())).await.into_iter().sum();
    assert_eq!(created, 320);
    assert_eq!(count(&pool).await, 320);
    pool.close().await;
}

#[get("/books", public)]
async fn read(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<String, BookError> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut *tx.acquire().await?).await?;
    Ok(count.to_string())
}

/// The busy timeout of the pool is zero.
#[tokio::test]
async fn a_request_that_may_not_write_takes_no_lock_and_a_busy_database_is_a_503() {
    let file = File::new(SqliteJournalMode::Wal).await;
    let router = files(routes![create, read], &file.pool).await;
    let writer = file.pool.begin_with("BEGIN IMMEDIATE").await.expect("it begins");
    assert_eq!(answer(&router, "GET", "/books").await.body, "0");
    let busy = answer(&router, "POST", "/books").await;
    busy.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(busy.headers[header::RETRY_AFTER], "1");
    writer.rollback().await.expect("it ends");
    assert_eq!(answer(&router, "POST", "/books").await.status, StatusCode::OK);
}

#[post("/levels", public)]
async fn levels(
    #[layering(allow, reason = "a test of the transaction itself")] mut reader: ReadTx<Sqlite>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    #[layering(allow, reason = "a test of the transaction itself")] mut immediate: IsolatedTx<
        Sqlite,
        Immediate,
    >,
) -> Result<String, BookError> {
    add(&mut tx, "Emma").await?;
    add(&mut immediate, "Persuasion").await?;
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut *reader.acquire().await?).await?;
    if seen == 2 { Err(BookError::Taken) } else { Ok(seen.to_string()) }
}

/// The pool has one connection.
#[tokio::test]
async fn handles_of_all_levels_are_one_transaction() {
    let pool = in_memory().await;
    let router = files(routes![levels], &pool).await;
    assert_eq!(answer(&router, "POST", "/levels").await.status, StatusCode::CONFLICT);
    assert_eq!(count(&pool).await, 0);
}

/// Extractor by hand, of which nothing is known: it asks for a transaction that writes.
struct Opaque;

impl<S> FromRequestParts<S> for Opaque
where
    S: HasContainer,
    Tx<Sqlite>: FromRequestParts<S, Rejection = Response>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut tx = Tx::<Sqlite>::from_request_parts(parts, state).await?;
        add(&mut tx, "Emma").await.map_err(|error| Problem::respond_to(&error))?;
        Ok(Self)
    }
}

#[post("/opaque", public)]
async fn opaque(
    #[layering(allow, reason = "a test of the transaction itself")] mut reader: ReadTx<Sqlite>,
    _: Opaque,
) -> Result<String, BookError> {
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM book").fetch_one(&mut *reader.acquire().await?).await?;
    Ok(seen.to_string())
}

#[tokio::test]
async fn a_reader_sees_what_an_extractor_by_hand_writes_and_it_is_committed() {
    let pool = in_memory().await;
    let router = files(routes![opaque], &pool).await;
    assert_eq!(answer(&router, "POST", "/opaque").await.body, "1");
    assert_eq!(count(&pool).await, 1);
}

#[derive(Clone)]
struct Serial;

#[inject(layer = Infrastructure)]
fn serial(_: IsolatedTx<Postgres, Serializable>) -> Serial {
    Serial
}

#[derive(Clone)]
struct Repeatable;

#[inject(layer = Infrastructure)]
fn repeatable(_: IsolatedTx<Postgres, RepeatableRead>) -> Repeatable {
    Repeatable
}

#[post("/contradiction", public)]
async fn contradiction(
    #[layering(allow, reason = "a test of the transaction itself")] _: Serial,
    #[layering(allow, reason = "a test of the transaction itself")] _: Repeatable,
) {
}

#[tokio::test]
async fn levels_that_contradict_are_refused_with_both_places() {
    let options = sqlx::postgres::PgPoolOptions::new();
    let pool = options.connect_lazy("postgres://nothing.invalid/none").expect("a URL");
    let app = Servers::builder(ServersInputs { pool }).build().await.expect("nothing is connected");
    let routes: Routes<Servers> = routes![contradiction];
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| routes.into_router(app)));
    let panic = refused.expect_err("two levels");
    let message = panic.downcast_ref::<String>().expect("a message");
    for part in [
        "endpoint `contradiction` at ",
        "`IsolatedTx<Postgres, Serializable>`, which `serial` at ",
        "`IsolatedTx<Postgres, RepeatableRead>`, which `repeatable` at ",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[post("/isolated", public)]
async fn isolated(
    #[layering(allow, reason = "a test of the transaction itself")] mut reader: ReadTx<Postgres>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
    #[layering(allow, reason = "a test of the transaction itself")] _: Serial,
) -> Result<String, BookError> {
    sqlx::query("INSERT INTO book VALUES ('Emma')").execute(&mut *tx.acquire().await?).await?;
    let query = sqlx::query_scalar("SELECT current_setting('transaction_isolation') || count(*) FROM book");
    Ok(query.fetch_one(&mut *reader.acquire().await?).await?)
}

#[post("/deferred/unique", public)]
async fn deferred(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Postgres>,
) -> Result<(), BookError> {
    sqlx::query("INSERT INTO page VALUES (1), (1)").execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

#[get("/read-only", public)]
async fn read_only(
    #[layering(allow, reason = "a test of the transaction itself")] mut reader: ReadTx<Postgres>,
    _: Late,
) -> Result<(), BookError> {
    drop(reader.acquire().await?);
    Ok(())
}

/// Extractor by hand that asks for a transaction that writes when a read-only one has begun.
struct Late;

impl<S> FromRequestParts<S> for Late
where
    S: HasContainer,
    ReadTx<Postgres>: FromRequestParts<S, Rejection = Response>,
    Tx<Postgres>: FromRequestParts<S, Rejection = Response>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut reader = ReadTx::<Postgres>::from_request_parts(parts, state).await?;
        drop(reader.acquire().await.map_err(|error| Problem::respond_to(&error))?);
        Tx::<Postgres>::from_request_parts(parts, state).await.map(|_| Self)
    }
}

#[tokio::test]
async fn on_postgres_one_transaction_has_the_strictest_level_and_its_commit_can_be_a_conflict() {
    let Some(pool) = postgres("requests", 1, Duration::from_secs(2)).await else { return };
    let table = "CREATE TABLE page (number INT UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    sqlx::query(table).execute(&pool).await.expect("a new table");
    let router = servers(routes![isolated, deferred, read_only], &pool).await;
    assert_eq!(answer(&router, "POST", "/isolated").await.body, "serializable1");
    answer(&router, "POST", "/deferred/unique").await.assert_problem(StatusCode::CONFLICT);
    // Never a second transaction in silence.
    answer(&router, "GET", "/read-only").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    let pages: i64 = sqlx::query_scalar("SELECT count(*) FROM page").fetch_one(&pool).await.expect("clean");
    assert_eq!(pages, 0);
}

#[tokio::test]
async fn kinds_of_errors_and_columns() {
    let pool = in_memory().await;
    sqlx::query("CREATE TABLE loan (book TEXT, day INT, UNIQUE (book, day))")
        .execute(&pool)
        .await
        .expect("new");
    let insert = || sqlx::query("INSERT INTO loan VALUES ('Emma', 1)").execute(&pool);
    insert().await.expect("a first loan");
    let error = insert().await.expect_err("a second one");
    assert_eq!(ErrorKind::of(&error), ErrorKind::Unique);
    assert_eq!(ErrorKind::columns(&error), ["book", "day"]);
    assert_eq!(ErrorKind::of(&sqlx::Error::PoolTimedOut), ErrorKind::Unavailable);
    assert!(ErrorKind::Conflict.is_transient() && !ErrorKind::Unique.is_transient());
    let Some(pool) = postgres("kinds", 1, LONG).await else { return };
    sqlx::query("CREATE TABLE loan (book TEXT, day INT, UNIQUE (book, day))")
        .execute(&pool)
        .await
        .expect("new");
    let insert = || sqlx::query("INSERT INTO loan VALUES ('Emma', 1)").execute(&pool);
    insert().await.expect("a first loan");
    assert_eq!(ErrorKind::columns(&insert().await.expect_err("a second one")), ["book", "day"]);
}
