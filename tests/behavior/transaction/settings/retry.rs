//! `#[transaction(retry = ..)]`.

use std::{
    borrow::Cow,
    convert::Infallible,
    error::Error,
    fmt,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt as _, stream};
use inject_runtime::{
    BackgroundTasks, Next, ObserveLayer, Outcome, Problem, RepeatableBody, RequestScopeLayer, Routes, Tasks,
    Teardown, Unauthorized, around, container, inject,
    layer::Infrastructure,
    post, routes, transaction,
    tx::{self, ReadTx, Tx, UnitOfWork},
};
use sqlx::{Sqlite, SqlitePool, error::DatabaseError};

use super::super::databases::{count, in_memory};
use crate::support::{Answer, Log, request, respond, until};

#[container]
struct Files {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
}

async fn files(routes: Routes<Files>) -> (Router, SqlitePool, Log) {
    let (pool, log) = (in_memory().await, Log::default());
    let inputs = FilesInputs { pool: pool.clone(), log: log.clone() };
    let app = Files::builder(inputs).build().await.expect("nothing fails");
    (routes.into_router(app), pool, log)
}

pub(super) async fn answer(router: &Router, path: &str) -> Answer {
    Answer::of(respond(router, request("POST", path)).await).await
}

/// Serialization failure, which `SQLite` has not.
#[derive(Debug)]
struct Conflict;

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not serialize access")
    }
}

impl Error for Conflict {}

impl DatabaseError for Conflict {
    fn message(&self) -> &'static str {
        "could not serialize access"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some("40001".into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

fn conflict() -> sqlx::Error {
    sqlx::Error::Database(Box::new(Conflict))
}

/// Error whose problem is that of the error of sqlx, or one of its own with the error of sqlx among its sources.
#[derive(Debug, thiserror::Error, Problem)]
pub(super) enum BookError {
    #[error(transparent)]
    #[problem(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the book cannot be stored")]
    #[problem(status = 500)]
    Source(#[source] sqlx::Error),
    #[error(transparent)]
    #[problem(status = 409)]
    Transparent(sqlx::Error),
    #[error("the books are sold out")]
    #[problem(status = 503)]
    SoldOut,
}

async fn add(tx: &mut Tx<Sqlite>, title: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

/// Resource other than a unit of work.
#[derive(Clone)]
struct Traced(Log);

#[inject(teardown, layer = Infrastructure)]
fn traced(log: Log2) -> Traced {
    Traced(log.0)
}

/// The log of the container.
struct Log2(Log);

#[inject(uncached)]
fn log2(inject_runtime::Inject(log): inject_runtime::Inject<Log>) -> Log2 {
    Log2(log)
}

impl Teardown for Traced {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        self.0.add(format!("{outcome:?}"));
        Ok(())
    }
}

/// Fails by a conflict before the third attempt.
#[post("/books/{error}", public)]
#[transaction(retry = 2)]
async fn create(
    error: axum::extract::Path<String>,
    inject_runtime::Inject(log): inject_runtime::Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    #[layering(allow, reason = "a test of the transaction itself")] _: Traced,
    tasks: BackgroundTasks,
) -> Result<(), BookError> {
    let attempt = log.add("attempt");
    let background = log.clone();
    tasks.add("background", async move { _ = background.add(format!("background of {attempt}")) });
    let committed = log.clone();
    tx.on_commit(async move { _ = committed.add(format!("committed by {attempt}")) });
    add(&mut tx, &format!("Emma {attempt}")).await?;
    match (attempt, &*error.0) {
        (0 | 1, "database") | (_, "always") => Err(BookError::Database(conflict())),
        (0 | 1, "source") => Err(BookError::Source(conflict())),
        (0 | 1, "transparent") => Err(BookError::Transparent(conflict())),
        (_, "other") => Err(BookError::SoldOut),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn a_request_that_fails_by_a_conflict_runs_again_and_its_work_happens_once() {
    for error in ["database", "source", "transparent"] {
        let (router, pool, log) = files(routes![create]).await;
        assert_eq!(answer(&router, &format!("/books/{error}")).await.status, StatusCode::OK, "{error}");
        until(|| log.count("background of 2") == 1 && log.count("committed by 2") == 1).await;
        assert_eq!(log.count("attempt"), 3);
        assert_eq!(log.count("Success"), 1);
        let others = log.take().into_iter().filter(|event| event.contains("of ") || event.contains("by "));
        assert_eq!(others.count(), 2);
        assert_eq!(count(&pool).await, 1);
    }
}

#[tokio::test]
async fn the_last_attempt_is_the_answer_and_other_errors_are_not_repeated() {
    let (router, pool, log) = files(routes![create]).await;
    let given_up = answer(&router, "/books/always").await;
    given_up.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(given_up.headers[header::RETRY_AFTER], "1");
    assert_eq!(log.count("attempt"), 3);
    log.take();
    answer(&router, "/books/other").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(log.take().iter().filter(|event| *event == "attempt").count(), 1);
    assert_eq!(count(&pool).await, 0);
}

#[derive(Clone)]
struct Reader;

/// A principal that is read from the database, which conflicts once.
#[inject(layer = Infrastructure)]
async fn reader(
    credentials: inject_runtime::Bearer,
    log: Log2,
    mut tx: ReadTx<Sqlite>,
) -> Result<Reader, ReaderError> {
    drop(tx.acquire().await?);
    match (credentials.token(), log.0.add("reader")) {
        ("stolen", _) => Err(ReaderError::Credentials(Unauthorized::bearer())),
        (_, 0) => Err(ReaderError::Database(conflict())),
        _ => Ok(Reader),
    }
}

#[derive(Debug, thiserror::Error, Problem)]
enum ReaderError {
    #[error(transparent)]
    #[problem(transparent)]
    Credentials(#[from] Unauthorized),
    #[error(transparent)]
    #[problem(transparent)]
    Database(#[from] sqlx::Error),
}

#[derive(serde::Deserialize)]
struct NewBook {
    title: String,
}

/// The body conflicts once after it is read.
#[post("/guarded", authenticated = Reader)]
#[transaction(retry = 3)]
async fn guarded(
    inject_runtime::Inject(log): inject_runtime::Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Json(book): Json<NewBook>,
) -> Result<String, BookError> {
    add(&mut tx, &book.title).await?;
    if log.add("attempt") == 0 { Err(BookError::Database(conflict())) } else { Ok(book.title) }
}

/// Sends a body in frames. Returns also how many of them were read.
async fn post_body(router: &Router, token: &str, frames: &[&'static str]) -> (Answer, usize) {
    let polled = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&polled);
    let frames = stream::iter(frames.to_vec()).map(move |frame| {
        *counter.lock().expect("no panic") += 1;
        Ok::<_, Infallible>(frame)
    });
    let request = Request::post("/guarded")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from_stream(frames))
        .expect("a request");
    let answer = Answer::of(respond(router, request).await).await;
    let polled = *polled.lock().expect("no panic");
    (answer, polled)
}

#[tokio::test]
async fn a_body_of_several_frames_is_read_once_and_given_to_each_attempt() {
    let (router, pool, log) = files(routes![guarded]).await;
    let (answer, polled) = post_body(&router, "reader", &["{\"title\"", ": \"Em", "ma\"}"]).await;
    assert_eq!((answer.status, &*answer.body), (StatusCode::OK, "Emma"));
    assert_eq!(polled, 3);
    assert_eq!((log.count("reader"), log.count("attempt")), (3, 2));
    assert_eq!(count(&pool).await, 1);
}

#[tokio::test]
async fn a_request_without_access_is_refused_before_its_body_is_read() {
    let (router, _, log) = files(routes![guarded]).await;
    let (answer, polled) = post_body(&router, "stolen", &["{\"title\": \"Emma\"}"]).await;
    assert_eq!((answer.status, polled), (StatusCode::UNAUTHORIZED, 0));
    assert_eq!(log.take(), ["reader"]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413_and_is_not_read_further() {
    let (router, _, _) = files(routes![guarded].layer(DefaultBodyLimit::max(10))).await;
    let (answer, polled) = post_body(&router, "reader", &["{\"title\"", ": \"Em", "ma\"}", " ", " "]).await;
    assert_eq!((answer.status, polled), (StatusCode::PAYLOAD_TOO_LARGE, 2));
}

/// Extractor by hand that reads the body into memory, and says so.
struct Lines(usize);

impl<S: Send + Sync> FromRequest<S> for Lines {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let text = String::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self(text.lines().count()))
    }
}

impl RepeatableBody for Lines {}

#[inject_runtime::transaction(retry = 1)]
#[post("/lines", public)]
async fn lines(
    inject_runtime::Inject(log): inject_runtime::Inject<Log>,
    body: Result<Lines, Response>,
) -> Result<String, BookError> {
    let Ok(Lines(lines)) = body else { return Ok("unreadable".to_owned()) };
    if log.add("attempt") == 0 { Err(BookError::Database(conflict())) } else { Ok(lines.to_string()) }
}

#[tokio::test]
async fn an_extractor_by_hand_can_be_repeated() {
    let (router, _, log) = files(routes![lines]).await;
    let request = Request::post("/lines").body(Body::from("one\ntwo")).expect("a request");
    assert_eq!(Answer::of(respond(&router, request).await).await.body, "2");
    assert_eq!(log.count("attempt"), 2);
}

/// What is committed is not done twice, even if something conflicts afterwards.
#[post("/early", public)]
#[transaction(retry = 3)]
async fn early(
    inject_runtime::Inject(log): inject_runtime::Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    #[layering(allow, reason = "a test of the transaction itself")] mut unit: UnitOfWork<Sqlite>,
) -> Result<(), BookError> {
    log.add("attempt");
    add(&mut tx, "Emma").await?;
    unit.commit().await?;
    Err(BookError::Database(conflict()))
}

#[post("/kept", public)]
#[transaction(retry = 3, rollback_if = |_| false)]
async fn kept(
    inject_runtime::Inject(log): inject_runtime::Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), BookError> {
    log.add("attempt");
    add(&mut tx, "Emma").await?;
    Err(BookError::Database(conflict()))
}

#[tokio::test]
async fn what_is_committed_is_not_repeated() {
    for path in ["/early", "/kept"] {
        let (router, pool, log) = files(routes![early, kept]).await;
        answer(&router, path).await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(log.count("attempt"), 1, "{path}");
        assert_eq!(count(&pool).await, 1, "{path}");
    }
}

/// The around function is a part of each attempt. What it answers itself is no conflict.
#[around]
async fn counted(inject_runtime::Inject(log): inject_runtime::Inject<Log>, next: Next) -> Response {
    log.add("around");
    next.run().await
}

#[post("/around", public)]
#[transaction(retry = 1)]
#[around(counted)]
async fn surrounded(inject_runtime::Inject(log): inject_runtime::Inject<Log>) -> Result<(), BookError> {
    match log.add("attempt") {
        0 => Err(BookError::Database(conflict())),
        _ => panic!("a panic is not repeated"),
    }
}

#[tokio::test]
async fn around_functions_are_repeated_and_a_panic_is_not() {
    let (router, _, log) = files(routes![surrounded]).await;
    let outcomes = log.clone();
    let router = router.layer(ObserveLayer::new(move |seen| _ = outcomes.add(seen.outcome())));
    assert_eq!(answer(&router, "/around").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!((log.count("around"), log.count("attempt")), (2, 2));
    // The request is observed once, with the outcome of its last attempt.
    assert_eq!((log.count("failure"), log.count("panic")), (0, 1));
}

/// Conflicts always, and tells when it starts.
#[post("/slow", public)]
#[transaction(retry = 100)]
async fn slow(
    inject_runtime::Inject(log): inject_runtime::Inject<Log>,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
) -> Result<(), BookError> {
    add(&mut tx, "Emma").await?;
    log.add("attempt");
    Err(BookError::Database(conflict()))
}

#[tokio::test]
async fn a_client_that_leaves_between_attempts_ends_them() {
    let (router, pool, log) = files(routes![slow]).await;
    let mut answering = Box::pin(respond(&router, request("POST", "/slow")));
    // The clock is that of the runtime: a delay is over when everything waits.
    while log.count("attempt") < 3 {
        tokio::select! {
            biased;
            response = &mut answering => panic!("{response:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(answering);
    until(|| pool.num_idle() == 1).await;
    let attempts = log.count("attempt");
    assert_eq!(count(&pool).await, 0);
    assert_eq!(log.count("attempt"), attempts);
}

#[tokio::test]
async fn a_handler_of_axum_is_repeated_in_a_scope_of_its_own_and_not_in_one_around_it() {
    let (pool, log) = (in_memory().await, Log::default());
    let inputs = FilesInputs { pool: pool.clone(), log: log.clone() };
    let app = Files::builder(inputs).build().await.expect("nothing fails");
    let router = Router::new()
        .route("/books/{error}", axum::routing::post(create))
        .route("/kept", axum::routing::post(kept))
        .with_state(Arc::clone(&app));
    assert_eq!(answer(&router, "/books/database").await.status, StatusCode::OK);
    assert_eq!((log.count("attempt"), count(&pool).await), (3, 1));
    log.take();
    let router = router.layer(RequestScopeLayer::new(Tasks::default()));
    answer(&router, "/books/always").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((log.count("attempt"), count(&pool).await), (1, 1));
    // The other settings apply.
    answer(&router, "/kept").await.assert_problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((log.count("attempt"), count(&pool).await), (2, 2));
}

#[tokio::test]
async fn a_transaction_outside_of_requests_runs_again() {
    let pool = in_memory().await;
    let mut attempts = 0;
    let result = tx::retry(2, async || {
        attempts += 1;
        let title = format!("Emma {attempts}");
        let fails = attempts < 3;
        Tx::run(&pool, async |tx| {
            add(tx, &title).await?;
            if fails { Err(BookError::Source(conflict())) } else { Ok(title.clone()) }
        })
        .await
    });
    assert_eq!(result.await.expect("the third attempt"), "Emma 3");
    assert_eq!(count(&pool).await, 1);
    let mut attempts = 0;
    let result: Result<(), _> = tx::retry(2, async || {
        attempts += 1;
        Err(BookError::Database(conflict()))
    })
    .await;
    assert!(matches!(result, Err(BookError::Database(_))));
    assert_eq!(attempts, 3);
    let mut attempts = 0;
    let result: Result<(), _> = tx::retry(2, async || {
        attempts += 1;
        Err(BookError::SoldOut)
    })
    .await;
    assert!(matches!(result, Err(BookError::SoldOut)));
    assert_eq!(attempts, 1);
}
