//! The job queue and the worker, with a handler that does what the test says.

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

/// What happens at an attempt, counted from 1 over all jobs.
type Act = dyn Fn(usize) -> BoxFuture<'static, Result<(), ServiceError>> + Send + Sync;

/// Tells the test what it is asked to do, and does what the test says.
struct Fake {
    begun: UnboundedSender<Job>,
    attempts: AtomicUsize,
    act: Box<Act>,
    outstanding: Vec<Job>,
}

impl JobHandler for Fake {
    fn perform(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst) + 1;
        _ = self.begun.send(job);
        (self.act)(attempt)
    }

    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Job>, ServiceError>> {
        Box::pin(ready(Ok(self.outstanding.clone())))
    }
}

/// The jobs that a worker begins, as it does.
struct Begun(UnboundedReceiver<Job>);

impl Begun {
    async fn next(&mut self) -> Job {
        let next = timeout(Duration::from_secs(30), self.0.recv()).await;
        next.expect("a worker begins a job").expect("there is a worker")
    }
}

const fn chapter(chapter_id: i64) -> Job {
    Job::EmbedChapter { chapter_id }
}

fn done(_: usize) -> BoxFuture<'static, Result<(), ServiceError>> {
    Box::pin(ready(Ok(())))
}

fn failed() -> ServiceError {
    ServiceError::Internal { doing: "a test", source: "as it should".into() }
}

/// An application as a process has it, with pools of its own.
async fn process(
    db: &Database,
    act: impl Fn(usize) -> BoxFuture<'static, Result<(), ServiceError>> + Send + Sync + 'static,
) -> (Arc<App>, Begun) {
    start(Arc::clone(&db.settings), Vec::new(), act).await
}

async fn start(
    settings: Arc<Settings>,
    outstanding: Vec<Job>,
    act: impl Fn(usize) -> BoxFuture<'static, Result<(), ServiceError>> + Send + Sync + 'static,
) -> (Arc<App>, Begun) {
    let (begun, receiver) = unbounded_channel();
    let fake = Fake { begun, attempts: AtomicUsize::new(0), act: Box::new(act), outstanding };
    let builder = App::builder(AppInputs { settings }).job_handler(Arc::new(fake));
    let app = builder.build().await.expect("the application starts");
    (app, Begun(receiver))
}

fn work(app: &App) {
    app.resolve::<Arc<Worker>>().start();
}

async fn add(app: &App, job: Job) {
    app.resolve::<Arc<dyn JobQueue>>().add(job).await.expect("the queue is there");
}

/// The same settings, but for those of jobs.
fn with(db: &Database, change: impl FnOnce(&mut JobSettings)) -> Database {
    let mut settings = Settings::clone(&db.settings);
    let mut jobs = JobSettings::clone(&settings.jobs);
    change(&mut jobs);
    settings.jobs = Arc::new(jobs);
    Database { settings: Arc::new(settings), ..db.clone() }
}

/// What has become of the jobs, in the order in which they were added.
async fn statuses(db: &Database) -> Vec<String> {
    let pool: AnyPool = db::connect(Arc::clone(&db.settings)).await.expect("the database is there");
    let query = match Kind::of(db.settings.database.url.expose_secret()) {
        Kind::Sqlite => "SELECT status FROM Jobs ORDER BY id",
        Kind::Postgres => "SELECT status FROM apalis.jobs ORDER BY id",
    };
    let statuses = sqlx::query_scalar(query).fetch_all(&pool).await.expect("apalis has its tables");
    pool.close().await;
    statuses
}

on_each_database! {
    async fn a_job_is_done(db: Database) {
        let (app, mut begun) = process(&db, done).await;
        work(&app);
        add(&app, chapter(7)).await;
        assert_eq!(begun.next().await, chapter(7));
        // Whoever stops a worker waits for what it has begun, and for that to be written down.
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// Nothing of the process is left but the database.
    async fn a_job_survives_a_restart_and_is_done_once(db: Database) {
        let (app, _) = process(&db, done).await;
        add(&app, chapter(7)).await;
        app.shutdown().await.unwrap();
        drop(app);

        let (app, mut begun) = process(&db, done).await;
        work(&app);
        assert_eq!(begun.next().await, chapter(7));
        app.shutdown().await.unwrap();
        drop(app);

        let (app, mut begun) = process(&db, done).await;
        add(&app, chapter(8)).await;
        work(&app);
        assert_eq!(begun.next().await, chapter(8), "the other one is not done again");
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done", "Done"]);
    }

    async fn what_fails_is_tried_again(db: Database) {
        let (app, mut begun) = process(&db, |attempt| match attempt {
            1 => Box::pin(ready(Err(failed()))),
            2 => Box::pin(async { panic!("as it should") }),
            _ => done(attempt),
        }).await;
        add(&app, chapter(7)).await;
        work(&app);
        for _ in 0..3 {
            assert_eq!(begun.next().await, chapter(7));
        }
        add(&app, chapter(8)).await;
        assert_eq!(begun.next().await, chapter(8));
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done", "Done"]);
    }

    async fn what_fails_too_often_is_dead_and_the_others_are_not(db: Database) {
        let db = with(&db, |it| (it.attempts, it.concurrency) = (3, 1));
        let (app, mut begun) = process(&db, |attempt| if attempt <= 3 { Box::pin(ready(Err(failed()))) } else { done(attempt) }).await;
        add(&app, chapter(7)).await;
        work(&app);
        for _ in 0..3 {
            assert_eq!(begun.next().await, chapter(7));
        }
        add(&app, chapter(8)).await;
        assert_eq!(begun.next().await, chapter(8), "three attempts, and no fourth");
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Killed", "Done"]);
    }

    async fn what_takes_too_long_is_tried_again(db: Database) {
        let db = with(&db, |it| it.timeout = Duration::from_millis(20));
        let (app, mut begun) = process(&db, |attempt| if attempt == 1 { Box::pin(pending()) } else { done(attempt) }).await;
        add(&app, chapter(7)).await;
        work(&app);
        begun.next().await;
        begun.next().await;
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// Another version of the program may have added it.
    async fn what_cannot_be_read_is_dead_and_the_others_are_not(db: Database) {
        let (app, mut begun) = process(&db, done).await;
        let strange = json!({ "job": "from the future" });
        match &*app.resolve::<Arc<JobStore>>() {
            JobStore::Sqlite(store) => store.clone().push(strange).await.unwrap(),
            JobStore::Postgres(store) => store.clone().push(strange).await.unwrap(),
        }
        work(&app);
        add(&app, chapter(7)).await;
        assert_eq!(begun.next().await, chapter(7));
        app.shutdown().await.unwrap();
        let mut statuses = statuses(&db).await;
        statuses.sort();
        assert_eq!(statuses, ["Done", "Killed"]);
    }

    /// A worker that is to stop leaves what it cannot finish to the next one.
    async fn what_is_broken_off_is_done_by_the_next_worker(db: Database) {
        let (app, mut begun) = process(&db, |_| Box::pin(pending())).await;
        add(&app, chapter(7)).await;
        work(&app);
        begun.next().await;
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Failed"], "that is what apalis takes again");

        let (app, mut begun) = process(&db, done).await;
        work(&app);
        assert_eq!(begun.next().await, chapter(7));
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// A process that is killed says nothing any more, and cleans nothing up.
    async fn what_a_dead_worker_had_begun_is_taken_over(db: Database) {
        let settings = Arc::clone(&db.settings);
        let crashed = thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let (app, mut begun) = start(settings, Vec::new(), |_| Box::pin(pending())).await;
                add(&app, chapter(7)).await;
                work(&app);
                begun.next().await;
            });
            // All that is running stops where it is.
            runtime.shutdown_background();
        });
        crashed.join().expect("a crash without a panic");

        let (app, mut begun) = process(&db, done).await;
        work(&app);
        assert_eq!(begun.next().await, chapter(7));
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done"]);
    }

    /// A process may end between a commit and the job that should have followed it.
    async fn what_should_be_in_the_queue_is_added(db: Database) {
        let (app, mut begun) = start(Arc::clone(&db.settings), vec![chapter(7), chapter(8)], done).await;
        add(&app, chapter(8)).await;
        work(&app);
        let mut both = [begun.next().await, begun.next().await];
        both.sort_by_key(|Job::EmbedChapter { chapter_id }| *chapter_id);
        assert_eq!(both, [chapter(7), chapter(8)]);
        app.shutdown().await.unwrap();
        assert_eq!(statuses(&db).await, ["Done", "Done"], "what was in the queue is not added again");
    }

    async fn several_workers_share_the_work(db: Database) {
        let (first, mut begun_by_first) = process(&db, |_| Box::pin(pending())).await;
        let (second, mut begun_by_second) = process(&db, |_| Box::pin(pending())).await;
        for id in 1..=4 {
            add(&first, chapter(id)).await;
        }
        work(&first);
        work(&second);
        // Each takes as many as it does at the same time, and no more.
        let mut begun = vec![
            begun_by_first.next().await,
            begun_by_first.next().await,
            begun_by_second.next().await,
            begun_by_second.next().await,
        ];
        begun.sort_by_key(|Job::EmbedChapter { chapter_id }| *chapter_id);
        assert_eq!(begun, [1, 2, 3, 4].map(chapter));
        first.shutdown().await.unwrap();
        second.shutdown().await.unwrap();
    }
}

/// The queue has a database in memory of its own then.
#[tokio::test]
async fn jobs_in_memory_are_done() {
    let settings = Arc::new(settings("sqlite::memory:"));
    let (app, mut begun) = start(settings, Vec::new(), done).await;
    work(&app);
    add(&app, chapter(7)).await;
    assert_eq!(begun.next().await, chapter(7));
    app.shutdown().await.unwrap();
}
