//! Handles that refuse after the end of their resource.

use std::{convert::Infallible, time::Duration};

use axum::body::{Body, Bytes};
use futures_util::stream;
use inject_runtime::{
    BackgroundTasks, Handle, HandleEnded, Inject, Outcome, Problem, Routes, Teardown, get, inject, routes,
};

use crate::support::{App, Log, get, routed};

/// Spool of lines, of which a failed request leaves nothing.
#[derive(Clone)]
struct Spool {
    lines: Handle<Vec<String>>,
    log: Log,
}

#[inject(teardown)]
fn spool(Inject(log): Inject<Log>) -> Spool {
    Spool { lines: Handle::new(Vec::new()), log }
}

impl Spool {
    async fn add(&self, line: &str) -> Result<(), HandleEnded> {
        self.lines.lock().await?.push(line.to_owned());
        Ok(())
    }
}

impl Teardown for Spool {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        if let Some(lines) = self.lines.end().await {
            self.log.add(format!(
                "{} {}",
                if outcome.is_success() { "stored" } else { "dropped" },
                lines.join(",")
            ));
        }
        Ok(())
    }
}

/// Reads what the spool has: no resource, so it may outlive the head.
#[derive(Clone)]
struct Count(usize);

#[inject]
async fn count(spool: Spool) -> Result<Count, HandleEnded> {
    Ok(Count(spool.lines.lock().await?.len()))
}

/// Lives until the end of the body.
#[derive(Clone)]
struct Export(usize, Log);

#[inject(teardown, until = body)]
fn export(Count(count): Count, Inject(log): Inject<Log>) -> Export {
    Export(count, log)
}

impl Teardown for Export {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        self.1.add(format!("exported {}", self.0));
        Ok(())
    }
}

#[get("/stream", public)]
async fn streamed(spool: Spool, _: Export, tasks: BackgroundTasks) -> Result<Body, HandleEnded> {
    spool.add("head").await?;
    let late = spool.clone();
    tasks.add("late", async move {
        assert!(late.add("late").await.is_err());
        late.log.add("refused in a task");
    });
    Ok(Body::from_stream(stream::once(async move {
        let refused = spool.add("body").await.expect_err("it has ended");
        Ok::<_, Infallible>(Bytes::from(refused.to_string()))
    })))
}

#[tokio::test]
async fn a_handle_that_is_kept_refuses_after_the_head() {
    let routes: Routes<App> = routes![streamed];
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    let answer = get(&router, "/stream").await;
    assert!(answer.body.contains("is used after the end of its request"), "{}", answer.body);
    tasks.drain(Duration::from_secs(5)).await.expect("they end");
    assert_eq!(log.take(), ["stored head", "exported 0", "refused in a task"]);
}

#[tokio::test]
async fn the_end_waits_for_the_lock_and_takes_once() {
    let handle = Handle::new(1);
    let guard = handle.lock().await.expect("it is there");
    assert!(!handle.has_ended());
    let ending = tokio::spawn({
        let handle = handle.clone();
        async move { handle.end().await }
    });
    tokio::task::yield_now().await;
    assert!(!ending.is_finished());
    drop(guard);
    assert_eq!(ending.await.expect("no panic"), Some(1));
    assert_eq!(handle.end().await, None);
    assert!(handle.has_ended());
    let status = Problem::respond_to(&handle.lock().await.expect_err("it has ended")).status();
    assert_eq!(status, 500);
}
