//! Background tasks: they run after the response of a successful request, and shutdown waits for them.

use std::{future::pending, time::Duration};

use axum::{Router, http::StatusCode, routing::post as plain_post};
use inject_runtime::{BackgroundTasks, Inject, Problem, Routes, Tasks, inject, post, routes};
use tokio::sync::Notify;

use crate::support::{Answer, App, LONG, Log, bounded, connect, request, respond, routed, send};

/// Value of a provider that enqueues a task.
#[derive(Clone)]
struct Audited;

#[inject]
fn audit(tasks: BackgroundTasks, Inject(log): Inject<Log>) -> Audited {
    tasks.add("audit", async move {
        log.add("audit");
    });
    Audited
}

#[post("/mail", public)]
async fn mail(_: Audited, tasks: BackgroundTasks, Inject(log): Inject<Log>) -> &'static str {
    log.add("handler");
    tasks.add("mail", async move {
        log.add("mail");
    });
    "sent"
}

async fn plain_mail(tasks: BackgroundTasks, Inject(log): Inject<Log>) -> &'static str {
    tasks.add("mail", async move {
        log.add("mail");
    });
    "sent"
}

static GATE: Notify = Notify::const_new();

#[post("/mail/slow", public)]
async fn slow_mail(tasks: BackgroundTasks, Inject(log): Inject<Log>) -> &'static str {
    tasks.add("mail", async move {
        GATE.notified().await;
        log.add("mail");
    });
    "sent"
}

#[tokio::test]
async fn tasks_of_handler_and_provider_run_once_after_the_response() {
    let routes: Routes<App> = routes![mail];
    let routes = routes.merge(Router::new().route("/plain", plain_post(plain_mail)));
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    for (path, before, after) in
        [("/mail", &["handler"][..], &["audit", "mail"][..]), ("/plain", &[], &["mail"])]
    {
        let response = respond(&router, request("POST", path)).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(log.take(), before, "{path}: the body is not read yet");
        assert_eq!(Answer::of(response).await.body, "sent");
        tasks.drain(LONG).await.expect("nothing hangs");
        let mut events = log.take();
        events.sort();
        assert_eq!(events, after, "{path}");
    }
}

#[tokio::test]
async fn a_client_does_not_wait_for_the_tasks() {
    let routes: Routes<App> = routes![slow_mail];
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    let mut client = connect(router).await;
    client.send("POST /mail/slow").await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "sent");
    assert_eq!(log.take(), [""; 0]);
    GATE.notify_one();
    log.until("mail").await;
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["mail"]);
}

#[derive(Clone)]
struct Refusing;

#[inject]
fn refuse(_: Audited) -> Result<Refusing, Problem> {
    Err(Problem::new(StatusCode::FORBIDDEN))
}

#[post("/rejected", public)]
async fn rejected(_: Audited, _: Refusing) {}

#[post("/refused", public)]
async fn refused(_: Audited) -> Result<(), Problem> {
    Err(Problem::new(StatusCode::CONFLICT))
}

#[post("/failed", public)]
async fn failed(_: Audited) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

#[post("/panicked", public)]
async fn panicked(_: Audited) {
    panic!("out of cheese")
}

#[post("/succeeded", public)]
async fn succeeded(_: Audited) -> StatusCode {
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn tasks_of_a_failed_request_do_not_run() {
    let routes: Routes<App> = routes![rejected, refused, failed, panicked, succeeded];
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    for (path, status) in [("/rejected", 403), ("/refused", 409), ("/failed", 500), ("/panicked", 500)] {
        assert_eq!(send(&router, request("POST", path)).await.status, status, "{path}");
        tasks.drain(LONG).await.expect("nothing hangs");
        assert_eq!(log.take(), [""; 0], "{path}");
    }
    assert_eq!(send(&router, request("POST", "/succeeded")).await.status, 202);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["audit"]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_up_to_its_deadline_and_names_the_tasks_that_it_aborts() {
    let (tasks, log) = (Tasks::default(), Log::default());
    let (slow, first, inner) = (log.clone(), log.clone(), tasks.clone());
    tasks.spawn("slow", async move {
        tokio::time::sleep(Duration::from_secs(14)).await;
        slow.add("slow");
    });
    tasks.spawn("first", async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        // The drain waits for tasks that start during it as well.
        inner.spawn("second", async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            first.add("second");
        });
    });
    tasks.drain(Duration::from_secs(15)).await.expect("all tasks end in time");
    assert_eq!(log.take(), ["second", "slow"]);

    let dropped = OnDrop(log.clone());
    tasks.spawn("endless", async move {
        let _dropped = dropped;
        pending::<()>().await;
    });
    let done = log.clone();
    tasks.spawn("short", async move {
        done.add("short");
    });
    tasks.spawn("late", tokio::time::sleep(Duration::from_secs(16)));
    let start = tokio::time::Instant::now();
    let error = tasks.drain(Duration::from_secs(15)).await.expect_err("two tasks do not end");
    assert_eq!(start.elapsed().as_secs(), 15);
    assert_eq!(error.names(), ["endless", "late"]);
    assert_eq!(error.to_string(), "not done after 15s, and aborted: endless, late");
    log.until("dropped").await;
    assert_eq!(log.take(), ["short", "dropped"]);
}

struct OnDrop(Log);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.add("dropped");
    }
}
