//! Tasks that outlive their requests: their list, and their stop.

use std::{future::pending, sync::Arc, time::Duration};

use inject_runtime::{Routes, Stopping, Tasks};
use tokio::sync::Semaphore;

use crate::support::{App, LONG, Log, bounded, until};

/// Starts a task that ends when the semaphore has a permit.
fn start(tasks: &Tasks, name: String) -> Arc<Semaphore> {
    let end = Arc::new(Semaphore::new(0));
    let permit = Arc::clone(&end).acquire_owned();
    tasks.spawn(name, async move { _ = permit.await });
    end
}

#[tokio::test]
async fn running_tasks_are_in_the_order_of_their_start_also_after_others_have_ended() {
    let tasks = Tasks::default();
    let mut ends: Vec<_> = (0..6).map(|index| start(&tasks, format!("task {index}"))).collect();
    for index in [4, 1, 2] {
        ends[index].add_permits(1);
    }
    until(|| tasks.running() == ["task 0", "task 3", "task 5"]).await;
    ends.extend((6..10).map(|index| start(&tasks, format!("task {index}"))));
    let expected = ["task 0", "task 3", "task 5", "task 6", "task 7", "task 8", "task 9"];
    assert_eq!(tasks.running(), expected);
    assert_eq!(tasks.drain(Duration::ZERO).await.expect_err("none has ended").names(), expected);
    until(|| tasks.running().is_empty()).await;
    tasks.drain(Duration::ZERO).await.expect("a task is named once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_end_at_once_leave_nothing_in_the_list() {
    let tasks = Tasks::default();
    let starters = (0..8).map(|starter| {
        let tasks = tasks.clone();
        tokio::spawn(async move {
            for index in 0..500 {
                tasks.spawn(format!("{starter}/{index}"), async {});
                if index % 50 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        })
    });
    for starter in starters.collect::<Vec<_>>() {
        starter.await.expect("no panic");
    }
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(tasks.running(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_start_while_others_are_aborted_end() {
    let tasks = Tasks::default();
    for _ in 0..50 {
        let starter = tasks.clone();
        let starters = tokio::spawn(async move {
            for _ in 0..20 {
                starter.spawn("endless", pending());
            }
        });
        _ = tasks.drain(Duration::ZERO).await;
        starters.await.expect("no panic");
    }
    _ = tasks.drain(Duration::ZERO).await;
    until(|| tasks.running().is_empty()).await;
}

/// Starts a task when it is dropped.
struct Restarting(Tasks);

impl Drop for Restarting {
    fn drop(&mut self) {
        self.0.spawn("late", async {});
        assert!(self.0.running().len() < 10);
    }
}

#[test]
fn a_runtime_that_shuts_down_drops_tasks_that_start_others() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tasks = Tasks::default();
    for _ in 0..3 {
        let owned = Restarting(tasks.clone());
        runtime.block_on(async {
            tasks.spawn("endless", async move {
                let _owned = owned;
                pending::<()>().await;
            });
            tokio::task::yield_now().await;
        });
    }
    drop(runtime);
    assert_eq!(tasks.running(), [""; 0]);
}

#[tokio::test]
async fn routes_that_become_a_part_of_others_keep_their_tasks_and_their_handles_on_the_stop() {
    let (inner, log): (Routes<App>, _) = (Routes::new(), Log::default());
    let tasks = inner.tasks();
    let (told, stopping) = (log.clone(), tasks.stopping());
    tasks.spawn("before", async move {
        stopping.wait().await;
        told.add("told");
    });
    let stream = tasks.stopping().end_stream(futures_util::stream::pending::<()>());
    let stream = tokio::spawn(futures_util::StreamExt::count(stream));
    tokio::task::yield_now().await;
    let middle: Routes<App> = Routes::new().nest("/inner", inner);
    let middle_tasks = middle.tasks();
    let all: Routes<App> = Routes::new().merge(middle);
    let outer = all.tasks();
    tasks.spawn("after", pending());
    assert_eq!(outer.running(), ["before", "after"]);
    assert_eq!(tasks.running(), outer.running());
    assert!(!middle_tasks.stopping().is_stopping());
    outer.stop();
    log.until("told").await;
    assert_eq!(bounded(stream).await.expect("no panic"), 0);
    assert!(tasks.stopping().is_stopping() && middle_tasks.stopping().is_stopping());
    assert_eq!(tasks.drain(Duration::ZERO).await.expect_err("one is endless").names(), ["after"]);
    // Routes that are added after the stop are told at once.
    let late: Routes<App> = Routes::new();
    let stopping = late.tasks().stopping();
    let _all = all.merge(late);
    bounded(stopping.wait()).await;
}

#[tokio::test]
async fn a_wait_that_is_dropped_has_no_effect() {
    let tasks = Tasks::default();
    let stopping = tasks.stopping();
    for _ in 0..3 {
        assert!(tokio::time::timeout(Duration::from_millis(1), stopping.wait()).await.is_err());
    }
    assert_eq!(format!("{stopping:?}"), "Stopping { is_stopping: false }");
    tasks.stop();
    tasks.stop();
    bounded(stopping.wait()).await;
    bounded(stopping.clone().wait()).await;
    assert!(stopping.is_stopping());
    assert!(!Stopping::never().is_stopping());
}
