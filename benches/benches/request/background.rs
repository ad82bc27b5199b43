//! Tasks that run after the response.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, extract::State, routing};
use inject_runtime::{BackgroundTasks, Inject, Routes, container, get, in_layer, layer::Common, routes};
use tokio_util::task::TaskTracker;

use crate::{Case, Sent};

/// Counter of the runs of the task, and the tracker that the shutdown of the hand-written side waits for.
#[in_layer(Common)]
#[derive(Default)]
struct Mails {
    sent: AtomicU64,
    tasks: TaskTracker,
}

#[container]
struct App {
    #[input]
    mails: Arc<Mails>,
}

async fn send(mails: Arc<Mails>) {
    mails.sent.fetch_add(1, Ordering::Relaxed);
}

#[get("/users/7", public)]
async fn injected(tasks: BackgroundTasks, Inject(mails): Inject<Arc<Mails>>) -> &'static str {
    tasks.add("mail", send(mails));
    "welcome"
}

/// Spawns the task on the tracker that shutdown waits for. The task has no name, and starts before the response is
/// sent, whether or not the request succeeds.
async fn by_hand(State(app): State<Arc<App>>) -> &'static str {
    app.mails.tasks.spawn(send(app.mails.clone()));
    "welcome"
}

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let app = App::builder(AppInputs { mails: Arc::default() }).build().await?;
    let all: Routes<App> = routes![injected];
    let hand = Router::new().route("/users/7", routing::get(by_hand)).with_state(app.clone());
    let request = Sent { leaves_tasks: true, ..Sent::default() };
    Ok(vec![Case { request, ..Case::new("one background task, and spawn", hand, all.into_router(app)) }])
}
