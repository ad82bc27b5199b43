//! A40 to A42: background tasks run after the answer, after a success, and before the end.

use std::{future::pending, time::Duration};

use axum::{Router, http::StatusCode, routing::post as plain_post};
use inject_runtime::{
    BackgroundTasks, Inject, Problem, Routes, Tasks, container, inject, post, routes, serve,
};
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
};

use crate::{
    client::Client,
    support::{Answer, App, LONG, Log, bounded, connect, request, respond, routed, send},
};

/// Whose provider has something to do afterwards.
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
async fn a40_tasks_of_handler_and_provider_run_once_after_the_response() {
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
        assert_eq!(log.take(), before, "{path}: nobody has read the body yet");
        assert_eq!(Answer::of(response).await.body, "sent");
        tasks.drain(LONG).await.expect("nothing hangs");
        let mut events = log.take();
        events.sort();
        assert_eq!(events, after, "{path}");
    }
}

#[tokio::test]
async fn a40_a_client_does_not_wait_for_the_tasks() {
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
async fn a41_nothing_that_a_failed_request_enqueued_runs() {
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
async fn a42_draining_waits_up_to_the_deadline_and_names_what_it_gave_up_on() {
    let (tasks, log) = (Tasks::default(), Log::default());
    let (slow, first, inner) = (log.clone(), log.clone(), tasks.clone());
    tasks.spawn("slow", async move {
        tokio::time::sleep(Duration::from_secs(14)).await;
        slow.add("slow");
    });
    tasks.spawn("first", async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        // Also what is started while others wait for the end.
        inner.spawn("second", async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            first.add("second");
        });
    });
    tasks.drain(Duration::from_secs(15)).await.expect("all are done in time");
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
    let error = tasks.drain(Duration::from_secs(15)).await.expect_err("two go on");
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

fn close(log: &Log) {
    log.add("container closed");
}

/// Notes its own end.
#[container]
struct Closing {
    #[input]
    #[on_shutdown(close)]
    log: Log,
}

static FINISH: Notify = Notify::const_new();

#[post("/tasks", public)]
async fn start_tasks(tasks: BackgroundTasks, Inject(log): Inject<Log>) -> &'static str {
    tasks.add("report", async move {
        FINISH.notified().await;
        // Longer than nothing, shorter than the deadline.
        tokio::time::sleep(Duration::from_millis(20)).await;
        log.add("report");
    });
    tasks.add("endless", pending());
    "started"
}

#[tokio::test]
async fn a42_a_server_that_stops_waits_for_tasks_before_it_closes_the_container() {
    let log = Log::default();
    let app = Closing::builder(ClosingInputs { log: log.clone() }).build().await.expect("nothing fails");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let routes: Routes<Closing> = routes![start_tasks];
    let tasks = routes.tasks();
    let server = serve(listener, app, routes).deadline(Duration::from_secs(2)).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let mut client = Client::connect(address).await.expect("a connection");
    client.send("POST /tasks").await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "started");
    crate::support::until(|| tasks.running() == ["report", "endless"]).await;
    drop(client);
    stop.send(()).expect("it is running");
    FINISH.notify_one();
    let error = bounded(server).await.expect("no panic").expect_err("one task goes on");
    assert_eq!(error.tasks().expect("that task").names(), ["endless"]);
    assert!(error.io().is_none() && error.shutdown().is_none());
    assert_eq!(log.take(), ["report", "container closed"]);
}
