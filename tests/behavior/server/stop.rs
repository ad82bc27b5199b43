//! The stop of a server with connections in every phase.

use std::time::{Duration, Instant};

use inject_runtime::{Inject, Outcome, Teardown, inject, post, routes};
use tokio::time::sleep;

use super::{Running, address, echo, fetch, finish, in_flight, until_end};
use crate::support::{LONG, Log, bounded};

#[tokio::test]
async fn idle_connections_are_closed_at_once_and_a_request_in_flight_is_finished() {
    let server = Running::start(routes![echo, address], |server| server.deadline(LONG)).await;
    let mut unused = server.connect().await;
    let mut used = server.connect().await;
    fetch(&mut used, "GET /address").await;
    let busy = in_flight(server.address).await;
    server.stop.send(()).expect("it is running");
    assert_eq!(until_end(&mut unused).await, "");
    assert_eq!(until_end(&mut used).await, "");
    assert!(!server.server.is_finished());
    finish(busy).await;
    bounded(server.server).await.expect("no panic").expect("a clean end");
}

#[tokio::test]
async fn a_head_that_is_incomplete_at_the_stop_has_its_time_limit() {
    let limit = Duration::from_millis(500);
    let server =
        Running::start(routes![address], |server| server.deadline(10 * LONG).head_timeout(limit)).await;
    let mut client = server.connect().await;
    client.write("GET /address HTTP/1.1\r\nho").await.expect("a connection");
    // The server has read it.
    sleep(limit / 5).await;
    server.stop().await;
    assert_eq!(until_end(&mut client).await, "");
}

/// Resource that adds the outcome of its request to the log.
#[derive(Clone)]
pub(super) struct Job(Log);

impl Job {
    pub(super) fn log(&self) -> &Log {
        &self.0
    }
}

impl Teardown for Job {
    type Error = std::convert::Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Self::Error> {
        sleep(Duration::from_millis(50)).await;
        self.0.add(format!("{outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
pub(super) fn job(Inject(log): Inject<Log>) -> Job {
    Job(log)
}

#[post("/hang", public)]
pub(super) async fn hang(job: Job) {
    job.0.add("started");
    sleep(100 * LONG).await;
}

#[tokio::test]
async fn a_request_that_outlives_the_deadline_is_dropped_and_closed_before_the_container() {
    let server = Running::start(routes![hang], |server| server.deadline(Duration::from_millis(300))).await;
    let mut client = server.connect().await;
    client.send("POST /hang").await.expect("a connection");
    server.log.until("started").await;
    let log = server.log.clone();
    let start = Instant::now();
    server.stop.send(()).expect("it is running");
    let error = bounded(server.server).await.expect("no panic").expect_err("the request");
    assert!(start.elapsed() < LONG);
    assert_eq!(error.to_string(), "requests not finished after 300ms, and dropped: POST /hang");
    assert_eq!(until_end(&mut client).await, "");
    assert_eq!(log.take(), ["started", "Cancelled", "container closed"]);
}

#[tokio::test]
async fn a_server_that_is_dropped_closes_its_connections_after_their_requests() {
    let server = Running::start(routes![echo, address], |server| server).await;
    let mut idle = server.connect().await;
    fetch(&mut idle, "GET /address").await;
    let busy = in_flight(server.address).await;
    server.server.abort();
    assert_eq!(until_end(&mut idle).await, "");
    finish(busy).await;
}
