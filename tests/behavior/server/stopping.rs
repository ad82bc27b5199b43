//! Notification that the server stops.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    response::sse::{Event, Sse},
    routing::get as plain_get,
};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use inject_runtime::{
    BackgroundTasks, Inject, Outcome, RequestScopeLayer, Routes, Stopping, Tasks, Teardown, get, inject,
    post, routes,
};

use super::{Running, echo, finish, in_flight, until_end};
use crate::support::{LONG, Log, bounded, client::Client, connect, request, send};

/// Resource until the end of the response, which adds its outcome to the log.
#[derive(Clone)]
pub(super) struct Subscription(Log);

impl Teardown for Subscription {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.add(format!("events: {outcome:?}"));
        Ok(())
    }
}

#[inject(teardown, until = body)]
pub(super) fn subscription(Inject(log): Inject<Log>) -> Subscription {
    Subscription(log)
}

pub(super) type EventStream = BoxStream<'static, Result<Event, Infallible>>;

/// One event, and then none.
pub(super) fn one_event() -> EventStream {
    stream::iter([Ok(Event::default().data("first"))]).chain(stream::pending()).boxed()
}

#[get("/events", public)]
pub(super) async fn events(_subscription: Subscription, stopping: Stopping) -> Sse<EventStream> {
    Sse::new(stopping.end_stream(one_event()).boxed())
}

/// Starts a task that ends at the stop of the server.
#[post("/task", public)]
async fn start_task(stopping: Stopping, tasks: BackgroundTasks, Inject(log): Inject<Log>) {
    tasks.add("import", async move {
        log.add("task started");
        stopping.wait().await;
        log.add("task told");
    });
}

/// Waits for the first event of a response.
pub(super) async fn first_event(client: &mut Client) {
    assert_eq!(bounded(client.status()).await.expect("a response"), 200);
    let mut line = String::new();
    while !line.starts_with("data: first") {
        line.clear();
        let read = tokio::io::AsyncBufReadExt::read_line(&mut client.0, &mut line);
        assert_ne!(bounded(read).await.expect("a connection"), 0);
    }
}

#[tokio::test]
async fn requests_long_responses_and_tasks_are_told_and_end_before_the_container() {
    let server = Running::start(routes![events, start_task, echo], |server| server.deadline(LONG)).await;
    let mut subscriber = server.connect().await;
    subscriber.send("GET /events").await.expect("a connection");
    first_event(&mut subscriber).await;
    let mut starter = server.connect().await;
    starter.send("POST /task").await.expect("a connection");
    server.log.until("task started").await;
    let busy = in_flight(server.address).await;
    let log = server.log.clone();
    server.stop.send(()).expect("it is running");
    assert!(until_end(&mut subscriber).await.ends_with("\r\n0\r\n\r\n"), "the response is complete");
    log.until("task told").await;
    log.until("events: Success").await;
    assert_eq!(log.count("container closed"), 0);
    finish(busy).await;
    bounded(server.server).await.expect("no panic").expect("a clean end");
    let events = log.take();
    assert_eq!(events.last().map(String::as_str), Some("container closed"), "{events:?}");
    assert_eq!(events.len(), 5, "{events:?}");
}

#[tokio::test]
async fn a_request_in_progress_at_the_stop_sees_it_and_its_task_is_told() {
    #[post("/is-stopping", public)]
    async fn is_stopping(stopping: Stopping, Inject(log): Inject<Log>, _body: String) -> String {
        log.add("handler");
        stopping.is_stopping().to_string()
    }
    let server = Running::start(routes![is_stopping], |server| server.deadline(LONG)).await;
    let mut client = server.connect().await;
    let head =
        "POST /is-stopping HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n";
    client.write(head).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("it reads the body"), 100);
    server.stop.send(()).expect("it is running");
    super::until_closed(server.address).await;
    client.write("body").await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "true");
    bounded(server.server).await.expect("no panic").expect("a clean end");
}

#[tokio::test]
async fn a_server_that_is_dropped_tells_it_too() {
    let server = Running::start(routes![events], |server| server).await;
    let mut subscriber = server.connect().await;
    subscriber.send("GET /events").await.expect("a connection");
    first_event(&mut subscriber).await;
    server.server.abort();
    assert!(until_end(&mut subscriber).await.ends_with("\r\n0\r\n\r\n"));
    server.log.until("events: Success").await;
}

#[tokio::test]
async fn fifty_long_responses_end_at_the_stop() {
    let server = Running::start(routes![events], |server| server.deadline(LONG)).await;
    let mut subscribers = Vec::new();
    for _ in 0..50 {
        let mut subscriber = server.connect().await;
        subscriber.send("GET /events").await.expect("a connection");
        subscribers.push(subscriber);
    }
    for subscriber in &mut subscribers {
        first_event(subscriber).await;
    }
    let log = server.log.clone();
    server.stop().await;
    let mut expected = vec!["events: Success"; 50];
    expected.push("container closed");
    assert_eq!(log.take(), expected);
    for mut subscriber in subscribers {
        assert!(until_end(&mut subscriber).await.ends_with("\r\n0\r\n\r\n"));
    }
}

/// Plain axum handler.
async fn plain_numbers(stopping: Stopping) -> Body {
    let numbers = stream::iter(0..3).map(|number| Ok::<_, Infallible>(Bytes::from(number.to_string())));
    Body::from_stream(stopping.end_stream(numbers.chain(stream::pending())))
}

#[tokio::test]
async fn a_plain_router_has_it_within_a_scope() {
    let routes: Routes<crate::support::App> = Routes::new();
    let routes = routes.merge(Router::new().route("/numbers", plain_get(plain_numbers)));
    let merged = routes.tasks();
    let (merged_router, _) = crate::support::routed(routes).await;
    let layered = Tasks::default();
    let router = Router::new().route("/numbers", plain_get(plain_numbers));
    let layered_router = router.layer(RequestScopeLayer::new(layered.clone()));
    for (router, tasks) in [(merged_router, merged), (layered_router, layered)] {
        let mut client = connect(router).await;
        client.write("GET /numbers HTTP/1.0\r\n\r\n").await.expect("a connection");
        assert_eq!(bounded(client.status()).await.expect("a response"), 200);
        tasks.stop();
        // What was not sent before the stop is not sent.
        assert!("012".starts_with(&bounded(client.body()).await.expect("a body")));
    }
    let router = Router::new().route("/numbers", plain_get(plain_numbers));
    assert_eq!(send(&router, request("GET", "/numbers")).await.status, 500);
}
