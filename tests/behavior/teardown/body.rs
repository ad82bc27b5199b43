//! Resources that are closed at the end of the response body.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::StatusCode,
};
use futures_util::{StreamExt as _, stream};
use inject_runtime::{BackgroundTasks, Inject, Outcome, Routes, Teardown, Uncached, get, inject, routes};

use crate::support::{Answer, App, LONG, Log, request, respond, routed};

/// Resource until the end of the body. Its teardown fails if the log has the event "full disk".
#[derive(Clone)]
pub(crate) struct Export(Log);

impl Teardown for Export {
    type Error = io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), io::Error> {
        self.0.add(format!("closed: {outcome:?}"));
        if self.0.count("full disk") > 0 {
            return Err(io::Error::other("full disk"));
        }
        Ok(())
    }
}

#[inject(teardown, until = body)]
pub(crate) fn export(Inject(log): Inject<Log>) -> Export {
    log.add("opened");
    Export(log)
}

#[get("/export", public)]
pub(crate) async fn stream_it(export: Export) -> Body {
    let chunks = stream::iter(0..3).map(move |chunk| {
        export.0.add(format!("chunk {chunk}"));
        Ok::<_, Infallible>(Bytes::from(format!("{chunk}")))
    });
    Body::from_stream(chunks)
}

#[get("/failed", public)]
pub(crate) async fn failed_export(_export: Export) -> StatusCode {
    StatusCode::CONFLICT
}

#[get("/unchanged", public)]
pub(crate) async fn unchanged(_export: Export) -> StatusCode {
    StatusCode::NOT_MODIFIED
}

fn exports() -> Routes<App> {
    routes![stream_it, failed_export, unchanged]
}

#[tokio::test]
async fn a_resource_of_the_body_is_open_until_the_end_of_the_body() {
    let (router, log) = routed(exports()).await;
    let response = respond(&router, request("GET", "/export")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(log.take(), ["opened"]);
    assert_eq!(Answer::of(response).await.body, "012");
    assert_eq!(log.take(), ["chunk 0", "chunk 1", "chunk 2", "closed: Success"]);
}

/// No body is sent, so there is none to wait for.
#[tokio::test]
async fn an_answer_without_a_body_is_a_success() {
    let (router, log) = routed(exports()).await;
    assert_eq!(respond(&router, request("GET", "/unchanged")).await.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(log.take(), ["opened", "closed: Success"]);
    let response = respond(&router, request("HEAD", "/export")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(log.take(), ["opened", "closed: Success"]);
}

#[tokio::test]
async fn a_body_that_is_dropped_is_cancelled() {
    let routes = exports();
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    let response = respond(&router, request("GET", "/export")).await;
    let mut body = response.into_body().into_data_stream();
    assert_eq!(body.next().await.expect("a chunk").expect("no error"), "0");
    drop(body);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["opened", "chunk 0", "closed: Cancelled"]);
}

#[tokio::test]
async fn a_body_ends_with_an_error_if_its_resource_fails_to_close() {
    let (router, log) = routed(exports()).await;
    log.add("full disk");
    let response = respond(&router, request("GET", "/export")).await;
    assert!(to_bytes(response.into_body(), 100).await.is_err());
}

#[tokio::test]
async fn a_failure_closes_the_resources_of_the_body_before_its_head() {
    let (router, log) = routed(exports()).await;
    let response = respond(&router, request("GET", "/failed")).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(log.take(), ["opened", "closed: Failure(409)"]);
}

/// Resource whose teardown takes a second.
#[derive(Clone)]
struct Lease(Log);

impl Teardown for Lease {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.0.add(format!("slow: {outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
fn lease(Inject(log): Inject<Log>) -> Lease {
    Lease(log)
}

#[get("/uncached", public)]
async fn uncached_lease(_uncached: Uncached<Lease>, _shared: Lease) {}

#[get("/slow", public)]
async fn slow_and_streamed(_export: Export, _lease: Lease) -> &'static str {
    "body"
}

#[tokio::test(start_paused = true)]
async fn an_uncached_resource_is_closed_as_well() {
    let (router, log) = routed(routes![uncached_lease]).await;
    assert_eq!(respond(&router, request("GET", "/uncached")).await.status(), 200);
    assert_eq!(log.take(), ["slow: Success", "slow: Success"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_during_a_teardown_leaves_no_resource_open() {
    let routes: Routes<App> = routes![slow_and_streamed];
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    let response = respond(&router, request("GET", "/slow"));
    // In the middle of the first teardown.
    assert!(tokio::time::timeout(Duration::from_millis(500), response).await.is_err());
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["opened", "slow: Success", "closed: Cancelled"]);
}

#[get("/export-with-task", public)]
async fn export_with_task(_export: Export, tasks: BackgroundTasks, Inject(log): Inject<Log>) -> &'static str {
    tasks.add("notify", async move {
        log.add("notified");
    });
    "body"
}

#[tokio::test]
async fn background_tasks_do_not_run_if_a_resource_of_the_body_fails_to_close() {
    for is_read in [true, false] {
        let routes: Routes<App> = routes![export_with_task];
        let tasks = routes.tasks();
        let (router, log) = routed(routes).await;
        log.add("full disk");
        let response = respond(&router, request("GET", "/export-with-task")).await;
        if is_read {
            assert!(to_bytes(response.into_body(), 100).await.is_err());
        } else {
            drop(response);
        }
        tasks.drain(LONG).await.expect("nothing hangs");
        assert_eq!(log.count("notified"), 0, "{:?}", log.take());
    }
}
