//! What has not ended at the deadline of a stop: it is named, dropped, and closed before the container.

use std::{
    convert::Infallible,
    error::Error as _,
    future::pending,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes},
    response::sse::Sse,
};
use futures_util::{StreamExt as _, stream};
use inject_runtime::{BackgroundTasks, Inject, ServeError, Tasks, UnfinishedRequests, get, post, routes};
use tokio::time::sleep;

use super::{
    Running, address, echo, fetch, finish, in_flight,
    stop::{Job, hang},
    stopping::{EventStream, Subscription, first_event, one_event},
    until_end,
};
use crate::support::{LONG, Log, bounded};

const DEADLINE: Duration = Duration::from_secs(1);

/// Longer than a stop takes.
const BLOCKED: Duration = Duration::from_secs(6);

/// Waits for an event without a timer of the runtime: a worker that is blocked may be the one that has the timers, until
/// another wakes up.
fn wait_for(log: &Log, event: &str) {
    let start = Instant::now();
    while log.count(event) == 0 {
        assert!(start.elapsed() < LONG, "{event}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Long response that is not told.
#[get("/deaf/{id}", public)]
async fn deaf(_subscription: Subscription) -> Sse<EventStream> {
    Sse::new(one_event())
}

/// Stops the server, and returns its error.
async fn stopped(server: Running) -> ServeError {
    server.stop.send(()).expect("it is running");
    bounded(server.server).await.expect("no panic").expect_err("something has not ended")
}

fn names(error: &ServeError) -> Vec<&str> {
    let mut names: Vec<_> =
        error.requests().iter().flat_map(|requests| requests.names()).map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn what_is_not_told_is_named_dropped_and_closed_before_the_container() {
    let routes = routes![deaf, hang, echo, address];
    let tasks = routes.tasks();
    let server = Running::start(routes, |server| server.deadline(DEADLINE)).await;
    tasks.spawn("endless", pending());
    let mut subscriber = server.connect().await;
    subscriber.send("GET /deaf/7?token=secret").await.expect("a connection");
    first_event(&mut subscriber).await;
    let mut hanging = server.connect().await;
    hanging.send("POST /hang").await.expect("a connection");
    server.log.until("started").await;
    // In the middle of the body of its request.
    let mut sender = in_flight(server.address).await;
    // No request.
    let mut idle = server.connect().await;
    fetch(&mut idle, "GET /address").await;
    let mut half = server.connect().await;
    half.write("GET /address HTTP/1.1\r\nho").await.expect("a connection");
    let (log, start) = (server.log.clone(), Instant::now());
    let error = stopped(server).await;
    assert!(start.elapsed() >= DEADLINE && start.elapsed() < LONG / 2, "{:?}", start.elapsed());
    assert_eq!(names(&error), ["GET /deaf/7", "POST /echo", "POST /hang"]);
    assert_eq!(error.tasks().expect("a task").names(), ["endless"]);
    assert!(error.shutdown().is_none());
    assert!(error.source().expect("requests").is::<UnfinishedRequests>());
    let text = error.to_string();
    assert!(text.starts_with("requests not finished after 1s, and dropped: "), "{text}");
    assert!(text.ends_with("; background tasks not done after 1s, and aborted: endless"), "{text}");
    let mut events = log.take();
    assert_eq!(events.pop().as_deref(), Some("container closed"));
    events.sort();
    assert_eq!(events, ["Cancelled", "events: Cancelled", "started"]);
    for client in [&mut subscriber, &mut hanging, &mut sender, &mut idle, &mut half] {
        let rest = until_end(client).await;
        assert!(!rest.ends_with("0\r\n\r\n"), "an incomplete response: {rest}");
    }
}

#[tokio::test]
async fn equal_requests_are_named_together_and_paths_are_cut() {
    let server = Running::start(routes![deaf], |server| server.deadline(DEADLINE)).await;
    let (mut subscribers, long) = (Vec::new(), "x".repeat(10_000));
    for index in 0..50 {
        let mut subscriber = server.connect().await;
        let path = if index == 49 { &long } else { "1" };
        subscriber.send(&format!("GET /deaf/{path}")).await.expect("a connection");
        subscribers.push(subscriber);
    }
    for subscriber in &mut subscribers {
        first_event(subscriber).await;
    }
    let log = server.log.clone();
    let error = stopped(server).await;
    assert_eq!(names(&error).len(), 50);
    let cut = format!("GET /deaf/{}..", "x".repeat(200 - "/deaf/".len()));
    assert_eq!(
        error.to_string(),
        format!("requests not finished after 1s, and dropped: GET /deaf/1 (49 times), {cut}")
    );
    let mut expected = vec!["events: Cancelled"; 50];
    expected.push("container closed");
    assert_eq!(log.take(), expected);
}

#[tokio::test]
async fn a_text_names_at_most_ten_different_requests() {
    let server = Running::start(routes![deaf], |server| server.deadline(DEADLINE)).await;
    let mut subscribers = Vec::new();
    for index in 0..12 {
        let mut subscriber = server.connect().await;
        subscriber.send(&format!("GET /deaf/{index}")).await.expect("a connection");
        first_event(&mut subscriber).await;
        subscribers.push(subscriber);
    }
    let error = stopped(server).await;
    assert_eq!(names(&error).len(), 12);
    assert!(error.to_string().ends_with("GET /deaf/8, GET /deaf/9, and 2 others"), "{error}");
}

/// More than the buffers of the operating system.
#[get("/endless", public)]
async fn endless_body(_subscription: Subscription) -> Body {
    let chunk = Bytes::from(vec![0; 1 << 20]);
    Body::from_stream(stream::repeat(chunk).map(Ok::<_, Infallible>))
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected_at_the_deadline() {
    let server = Running::start(routes![endless_body], |server| server.deadline(DEADLINE)).await;
    let mut client = server.connect().await;
    client.send("GET /endless").await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("a response"), 200);
    sleep(DEADLINE / 3).await;
    let log = server.log.clone();
    assert_eq!(names(&stopped(server).await), ["GET /endless"]);
    assert_eq!(log.take(), ["events: Cancelled", "container closed"]);
}

/// Closes what it belongs to in a task of its own when it is dropped, like the scope of a request.
struct Session(Tasks, Log);

impl Drop for Session {
    fn drop(&mut self) {
        let log = self.1.clone();
        self.0.spawn("teardown of a session", async move {
            sleep(Duration::from_millis(100)).await;
            log.add("session closed");
        });
    }
}

#[tokio::test]
async fn what_an_aborted_task_held_is_closed_before_the_container() {
    let routes = routes![address];
    let tasks = routes.tasks();
    let server = Running::start(routes, |server| server.deadline(DEADLINE)).await;
    let log = server.log.clone();
    let session = Session(tasks.clone(), log.clone());
    tasks.spawn("session", async move {
        let _session = session;
        pending::<()>().await;
    });
    let error = stopped(server).await;
    assert_eq!(error.tasks().expect("the session").names(), ["session"]);
    assert!(error.requests().is_none());
    assert_eq!(log.take(), ["session closed", "container closed"]);
}

#[post("/report", public)]
async fn report(tasks: BackgroundTasks, Inject(log): Inject<Log>, _body: String) -> &'static str {
    tasks.add("report", async move {
        sleep(DEADLINE).await;
        log.add("report");
    });
    "halfdone"
}

#[tokio::test]
async fn a_task_that_the_last_request_left_has_time_after_the_deadline() {
    let routes = routes![report, echo];
    let tasks = routes.tasks();
    let server = Running::start(routes, |server| server.deadline(DEADLINE)).await;
    tasks.spawn("endless", pending());
    let mut client = server.connect().await;
    let head =
        "POST /report HTTP/1.1\r\nhost: localhost\r\ncontent-length: 8\r\nexpect: 100-continue\r\n\r\n";
    client.write(head).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("it reads the body"), 100);
    client.write("half").await.expect("a connection");
    let log = server.log.clone();
    server.stop.send(()).expect("it is running");
    sleep(DEADLINE / 3).await;
    finish(client).await;
    let error = bounded(server.server).await.expect("no panic").expect_err("one task does not end");
    assert_eq!(error.tasks().expect("the task").names(), ["endless"]);
    assert!(error.requests().is_none());
    assert_eq!(log.take(), ["report", "container closed"]);
}

/// Panics when it is dropped.
struct Faulty;

impl Drop for Faulty {
    fn drop(&mut self) {
        panic!("out of cheese");
    }
}

/// Starts itself again when it ends.
fn restart(tasks: Tasks) {
    let next = tasks.clone();
    tasks.spawn("restarting", async move {
        sleep(Duration::from_millis(10)).await;
        restart(next);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn tasks_that_panic_block_or_start_others_do_not_keep_the_container_open() {
    let routes = routes![address];
    let tasks = routes.tasks();
    let server = Running::start(routes, |server| server.deadline(DEADLINE)).await;
    let (log, stopping) = (server.log.clone(), tasks.stopping());
    tasks.spawn("panicking", async move {
        stopping.wait().await;
        panic!("out of cheese");
    });
    let faulty = Faulty;
    tasks.spawn("faulty", async move {
        let _faulty = faulty;
        pending::<()>().await;
    });
    let blocking = log.clone();
    tasks.spawn("blocking", async move {
        blocking.add("blocking");
        // It cannot be aborted.
        std::thread::sleep(BLOCKED);
    });
    restart(tasks.clone());
    wait_for(&log, "blocking");
    let start = Instant::now();
    let error = stopped(server).await;
    assert!(start.elapsed() < LONG / 2, "{:?}", start.elapsed());
    let names = error.tasks().expect("tasks").names();
    assert_eq!(names[..2], ["faulty", "blocking"]);
    assert!(names[2..].iter().all(|name| name == "restarting"), "{names:?}");
    assert_eq!(log.take(), ["blocking", "container closed"]);
}

#[get("/blocking", public)]
async fn blocking(job: Job) {
    job.log().add("started");
    std::thread::sleep(BLOCKED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_request_that_blocks_its_thread_is_named_too() {
    let server = Running::start(routes![blocking], |server| server.deadline(DEADLINE)).await;
    let mut client = server.connect().await;
    client.send("GET /blocking").await.expect("a connection");
    let log = server.log.clone();
    wait_for(&log, "started");
    assert_eq!(names(&stopped(server).await), ["GET /blocking"]);
    assert_eq!(log.count("container closed"), 1);
}
