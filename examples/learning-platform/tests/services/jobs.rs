//! Tests of the job queue and the worker, with a scripted handler.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use apalis::prelude::TaskSink as _;
use learning_platform::{
    adapters::jobs::{JobStore, Worker},
    app::{App, AppInputs},
    config::{JobSettings, Settings},
    db::{self, Kind},
    services::{
        BoxFuture, ServiceError,
        jobs::{Job, JobHandler, JobQueue},
    },
};
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::AnyPool;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};

use crate::{
    on_each_database,
    support::{Database, settings},
};

/// Behavior of an attempt. The argument counts the attempts of all jobs, starting at 1.
type Act = dyn Fn(usize) -> BoxFuture<'static, Result<(), ServiceError>> + Send + Sync;

/// Handler that reports each started job to the test, and behaves as the test defines.
struct ScriptedHandler {
    started: UnboundedSender<Job>,
    attempts: AtomicUsize,
    act: Box<Act>,
    required_jobs: Vec<Job>,
}

impl JobHandler for ScriptedHandler {
    fn perform(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst) + 1;
        _ = self.started.send(job);
        (self.act)(attempt)
    }

    fn required_jobs(&self) -> BoxFuture<'_, Result<Vec<Job>, ServiceError>> {
        Box::pin(ready(Ok(self.required_jobs.clone())))
    }
}

/// Receiver of the jobs that a worker starts.
struct StartedJobs(UnboundedReceiver<Job>);

impl StartedJobs {
    async fn next(&mut self) -> Job {
        let next = timeout(Duration::from_secs(30), self.0.recv()).await;
        next.expect("a worker starts a job within the time limit").expect("the worker is running")
    }
}

const fn chapter(chapter_id: i64) -> Job {
    Job::EmbedChapter { chapter_id }
}

fn succeed(_: usize) -> BoxFuture<'static, Result<(), ServiceError>> {
    Box::pin(ready(Ok(())))
}

fn test_error() -> ServiceError {
    ServiceError::Internal { doing: "a test", source: "intended failure".into() }
}

/// Builds an application with its own pools, like a separate process.
async fn build_process(
    db: &Database,
    act: impl Fn(usize) -> BoxFuture<'static, Result<(), ServiceError>> + Send + Sync + 'static,
) -> (Arc<App>, StartedJobs) {
    start(Arc::clone(&db.settings), Vec::new(), act).await
}

async fn start(
    settings: Arc<Settings>,
    required_jobs: Vec<Job>,
    act: impl Fn(usize) -> BoxFuture<'static, Result<(), ServiceError>> + Send + Sync + 'static,
) -> (Arc<App>, StartedJobs) {
    let (started, receiver) = unbounded_channel();
    let handler =
        ScriptedHandler { started, attempts: AtomicUsize::new(0), act: Box::new(act), required_jobs };
    let builder = App::builder(AppInputs { settings }).job_handler(Arc::new(handler));
    let app = builder.build().await.expect("the application starts");
    (app, StartedJobs(receiver))
}

fn start_worker(app: &App) {
    app.resolve::<Arc<Worker>>().start();
}

async fn add(app: &App, job: Job) {
    app.resolve::<Arc<dyn JobQueue>>().add(job).await.expect("the queue is available");
}

/// Returns the database with changed settings of jobs.
fn with_settings(db: &Database, change: impl FnOnce(&mut JobSettings)) -> Database {
    let mut settings = Settings::clone(&db.settings);
    let mut jobs = JobSettings::clone(&settings.jobs);
    change(&mut jobs);
    settings.jobs = Arc::new(jobs);
    Database { settings: Arc::new(settings), ..db.clone() }
}

/// Returns the statuses of the jobs, in the order in which they were added.
async fn statuses(db: &Database) -> Vec<String> {
    let pool: AnyPool = db::connect(Arc::clone(&db.settings)).await.expect("the database exists");
    let query = match Kind::from_url(db.settings.database.url.expose_secret()) {
        Kind::Sqlite => "SELECT status FROM Jobs ORDER BY id",
        Kind::Postgres => "SELECT status FROM apalis.jobs ORDER BY id",
    };
    let statuses = sqlx::query_scalar(query).fetch_all(&pool).await.expect("the tables of apalis exist");
    pool.close().await;
    statuses
}

on_each_database! {
    async fn a_job_is_completed(db: Database) {
        let (app, mut started) = build_process(&db, succeed).await;
        start_worker(&app);
        add(&app, chapter(7)).await;
        assert_eq!(started.next().await, chapter(7));
        // The shutdown of a worker waits for its running jobs, and until their results are stored.
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// Only the database survives the restart.
    async fn a_job_survives_a_restart_and_is_completed_once(db: Database) {
        let (app, _) = build_process(&db, succeed).await;
        add(&app, chapter(7)).await;
        app.shutdown().await.unwrap();
        drop(app);

        let (app, mut started) = build_process(&db, succeed).await;
        start_worker(&app);
        assert_eq!(started.next().await, chapter(7));
        app.shutdown().await.unwrap();
        drop(app);

        let (app, mut started) = build_process(&db, succeed).await;
        add(&app, chapter(8)).await;
        start_worker(&app);
        assert_eq!(started.next().await, chapter(8), "the completed job does not run again");
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done", "Done"]);
    }

    async fn a_failed_job_is_retried(db: Database) {
        let (app, mut started) = build_process(&db, |attempt| match attempt {
            1 => Box::pin(ready(Err(test_error()))),
            2 => Box::pin(async { panic!("intended panic") }),
            _ => succeed(attempt),
        }).await;
        add(&app, chapter(7)).await;
        start_worker(&app);
        for _ in 0..3 {
            assert_eq!(started.next().await, chapter(7));
        }
        add(&app, chapter(8)).await;
        assert_eq!(started.next().await, chapter(8));
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done", "Done"]);
    }

    async fn a_job_that_fails_too_often_is_dead_and_others_continue(db: Database) {
        let db = with_settings(&db, |jobs| (jobs.attempts, jobs.concurrency) = (3, 1));
        let (app, mut started) = build_process(&db, |attempt| if attempt <= 3 { Box::pin(ready(Err(test_error()))) } else { succeed(attempt) }).await;
        add(&app, chapter(7)).await;
        start_worker(&app);
        for _ in 0..3 {
            assert_eq!(started.next().await, chapter(7));
        }
        add(&app, chapter(8)).await;
        assert_eq!(started.next().await, chapter(8), "no fourth attempt");
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Killed", "Done"]);
    }

    async fn a_job_that_exceeds_the_timeout_is_retried(db: Database) {
        let db = with_settings(&db, |jobs| jobs.timeout = Duration::from_millis(20));
        let (app, mut started) = build_process(&db, |attempt| if attempt == 1 { Box::pin(pending()) } else { succeed(attempt) }).await;
        add(&app, chapter(7)).await;
        start_worker(&app);
        started.next().await;
        started.next().await;
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// Another version of the program may have added the job.
    async fn an_unknown_job_is_dead_and_others_continue(db: Database) {
        let (app, mut started) = build_process(&db, succeed).await;
        let unknown = json!({ "job": "of another version" });
        match &*app.resolve::<Arc<JobStore>>() {
            JobStore::Sqlite(store) => store.clone().push(unknown).await.unwrap(),
            JobStore::Postgres(store) => store.clone().push(unknown).await.unwrap(),
        }
        start_worker(&app);
        add(&app, chapter(7)).await;
        assert_eq!(started.next().await, chapter(7));
        app.shutdown().await.unwrap();
        let mut statuses = statuses(&db).await;
        statuses.sort();
        assert_eq!(statuses, ["Done", "Killed"]);
    }

    /// A stopping worker leaves unfinished jobs to the next worker.
    async fn an_interrupted_job_is_completed_by_the_next_worker(db: Database) {
        let (app, mut started) = build_process(&db, |_| Box::pin(pending())).await;
        add(&app, chapter(7)).await;
        start_worker(&app);
        started.next().await;
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Failed"], "apalis retries jobs with this status");

        let (app, mut started) = build_process(&db, succeed).await;
        start_worker(&app);
        assert_eq!(started.next().await, chapter(7));
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// A killed process stops its heartbeat and releases nothing.
    async fn the_jobs_of_a_dead_worker_are_taken_over(db: Database) {
        let settings = Arc::clone(&db.settings);
        let crashed = thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let (app, mut started) = start(settings, Vec::new(), |_| Box::pin(pending())).await;
                add(&app, chapter(7)).await;
                start_worker(&app);
                started.next().await;
            });
            // All tasks stop without cleanup.
            runtime.shutdown_background();
        });
        crashed.join().expect("a crash without a panic");

        let (app, mut started) = build_process(&db, succeed).await;
        start_worker(&app);
        assert_eq!(started.next().await, chapter(7));
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// A process may end between a commit and the addition of a job.
    async fn missing_jobs_are_added_to_the_queue(db: Database) {
        let (app, mut started) = start(Arc::clone(&db.settings), vec![chapter(7), chapter(8)], succeed).await;
        add(&app, chapter(8)).await;
        start_worker(&app);
        let mut both = [started.next().await, started.next().await];
        both.sort_by_key(|Job::EmbedChapter { chapter_id }| *chapter_id);
        assert_eq!(both, [chapter(7), chapter(8)]);
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done", "Done"], "a queued job is not added again");
    }

    async fn several_workers_share_the_jobs(db: Database) {
        let (first, mut begun_by_first) = build_process(&db, |_| Box::pin(pending())).await;
        let (second, mut begun_by_second) = build_process(&db, |_| Box::pin(pending())).await;
        for id in 1..=4 {
            add(&first, chapter(id)).await;
        }
        start_worker(&first);
        start_worker(&second);
        // Each worker fetches as many jobs as it runs concurrently.
        let mut started = vec![
            begun_by_first.next().await,
            begun_by_first.next().await,
            begun_by_second.next().await,
            begun_by_second.next().await,
        ];
        started.sort_by_key(|Job::EmbedChapter { chapter_id }| *chapter_id);
        assert_eq!(started, [1, 2, 3, 4].map(chapter));
        first.shutdown().await.unwrap();
        second.shutdown().await.unwrap();
    }
}

/// With a database in memory, the queue has a separate database.
#[tokio::test]
async fn jobs_in_memory_are_completed() {
    let settings = Arc::new(settings("sqlite::memory:"));
    let (app, mut started) = start(settings, Vec::new(), succeed).await;
    start_worker(&app);
    add(&app, chapter(7)).await;
    assert_eq!(started.next().await, chapter(7));
    app.shutdown().await.unwrap();
}
