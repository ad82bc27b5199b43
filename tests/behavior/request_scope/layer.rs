//! `RequestScopeLayer` around a plain router.

use std::{
    convert::Infallible,
    future::{Ready, pending},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    extract::{FromRequestParts, Request},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
    routing,
};
use inject_runtime::{BackgroundTasks, Inject, Outcome, RequestScopeLayer, Tasks, Teardown, inject};
use tower::{Layer as _, Service, ServiceExt as _};

use crate::support::{Answer, App, LONG, Log, app, get, request, respond};

/// Resource that logs when it is opened and closed.
#[derive(Clone)]
struct Lease(Log);

#[inject(teardown)]
fn lease(Inject(log): Inject<Log>) -> Lease {
    log.add("open");
    Lease(log)
}

impl Teardown for Lease {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        self.0.add(format!("close: {outcome:?}"));
        Ok(())
    }
}

async fn answer(_: Lease, again: Lease, tasks: BackgroundTasks) -> &'static str {
    let log = again.0;
    log.add("handler");
    tasks.add("mail", async move {
        log.add("mail");
    });
    "done"
}

async fn fail(_: Lease, tasks: BackgroundTasks, Inject(log): Inject<Log>) -> StatusCode {
    tasks.add("mail", async move {
        log.add("mail");
    });
    StatusCode::CONFLICT
}

async fn explode(_: Lease, tasks: BackgroundTasks, Inject(log): Inject<Log>) {
    tasks.add("mail", async move {
        log.add("mail");
    });
    panic!("out of cheese")
}

async fn hang(_: Lease) {
    pending::<()>().await;
}

/// Value whose provider waits forever.
#[derive(Clone)]
struct Never;

#[inject]
async fn never() -> Never {
    pending().await
}

async fn hang_in_a_provider(_: Lease, _: Never) {}

/// Extractor by hand that moves the extensions of its request to a task, in which a provider waits for the second test.
struct MovedAway;

impl FromRequestParts<Arc<App>> for MovedAway {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let app = Arc::clone(app);
        let mut moved = Request::new(()).into_parts().0;
        moved.extensions = std::mem::take(&mut parts.extensions);
        tokio::spawn(async move {
            let waiting = Never::from_request_parts(&mut moved, &app);
            _ = tokio::time::timeout(Duration::from_secs(5), waiting).await;
        });
        tokio::task::yield_now().await;
        Ok(Self)
    }
}

async fn move_away(_: Lease, _: MovedAway) {}

/// Value whose `Drop` panics.
#[derive(Clone)]
struct Explosive;

#[inject]
fn explosive() -> Explosive {
    Explosive
}

impl Drop for Explosive {
    fn drop(&mut self) {
        // The values of the handler are dropped before.
        assert!(ARMED.load(Ordering::SeqCst) != 1, "out of cheese");
        ARMED.fetch_sub(1, Ordering::SeqCst);
    }
}

static ARMED: AtomicUsize = AtomicUsize::new(1_000);

/// The scope has one `Explosive`, and the handler another.
async fn disarm(_: Lease, _: Explosive) {
    ARMED.store(2, Ordering::SeqCst);
}

/// Returns the handlers as a plain router under a `RequestScopeLayer`, the tasks of the layer, and the log of
/// the application.
async fn scoped() -> (Router, Tasks, Log) {
    let (log, tasks) = (Log::default(), Tasks::default());
    let router: Router<Arc<App>> = Router::new()
        .route("/answer", routing::get(answer))
        .route("/fail", routing::get(fail))
        .route("/explode", routing::get(explode))
        .route("/hang", routing::get(hang))
        .route("/hang-in-a-provider", routing::get(hang_in_a_provider))
        .route("/move-away", routing::get(move_away))
        .route("/disarm", routing::get(disarm));
    let router = router.layer(RequestScopeLayer::new(tasks.clone())).with_state(app(&log).await);
    (router, tasks, log)
}

#[tokio::test]
async fn a_resource_is_opened_once_and_closed_before_the_head_of_the_response() {
    let (router, tasks, log) = scoped().await;
    let response = respond(&router, request("GET", "/answer")).await;
    // The body is not read yet.
    assert_eq!(log.take(), ["open", "handler", "close: Success"]);
    assert_eq!(Answer::of(response).await.body, "done");
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["mail"]);
}

#[tokio::test]
async fn each_request_has_a_scope_of_its_own() {
    let (router, tasks, log) = scoped().await;
    for _ in 0..2 {
        assert_eq!(get(&router, "/answer").await.status, StatusCode::OK);
        tasks.drain(LONG).await.expect("nothing hangs");
        assert_eq!(log.take(), ["open", "handler", "close: Success", "mail"]);
    }
}

#[tokio::test]
async fn a_failure_closes_the_resource_with_its_status_and_runs_no_task() {
    let (router, tasks, log) = scoped().await;
    assert_eq!(get(&router, "/fail").await.status, StatusCode::CONFLICT);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["open", "close: Failure(409)"]);
}

#[tokio::test]
async fn a_panic_in_the_handler_is_a_500_and_closes_the_resource() {
    let (router, tasks, log) = scoped().await;
    get(&router, "/explode").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["open", "close: Panic"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_is_cancelled() {
    let (router, tasks, log) = scoped().await;
    let response = respond(&router, request("GET", "/hang"));
    assert!(tokio::time::timeout(Duration::from_secs(1), response).await.is_err());
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["open", "close: Cancelled"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_in_a_provider_closes_its_resources() {
    let (router, tasks, log) = scoped().await;
    let response = respond(&router, request("GET", "/hang-in-a-provider"));
    assert!(tokio::time::timeout(Duration::from_secs(1), response).await.is_err());
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["open", "close: Cancelled"]);
}

/// The task returns the scope when the request has ended.
#[tokio::test(start_paused = true)]
async fn a_scope_that_is_returned_too_late_closes_its_resources() {
    let (router, tasks, log) = scoped().await;
    assert_eq!(get(&router, "/move-away").await.status, StatusCode::OK);
    assert_eq!(log.take(), ["open"]);
    tokio::time::sleep(Duration::from_secs(6)).await;
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["close: Cancelled"]);
}

#[tokio::test]
async fn a_value_that_panics_when_it_is_dropped_does_not_prevent_the_end() {
    let (router, tasks, log) = scoped().await;
    assert_eq!(get(&router, "/disarm").await.status, StatusCode::OK);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["open", "close: Success"]);
}

/// Service that panics in `call`, before there is a future, if the path is `/panic`.
#[derive(Clone)]
struct Abrupt;

impl Service<Request> for Abrupt {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        assert!(request.uri().path() != "/panic", "out of cheese");
        std::future::ready(Ok("done".into_response()))
    }
}

#[tokio::test]
async fn a_panic_in_the_call_of_the_inner_service_is_a_500() {
    let service = RequestScopeLayer::new(Tasks::default()).layer(Abrupt);
    let answer = async |path| {
        let response = service.clone().oneshot(request("GET", path)).await.expect("infallible");
        Answer::of(response).await
    };
    answer("/panic").await.assert_problem(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer("/").await.body, "done");
}
