//! `RequestScope::run`: a request scope without a request.

use std::{future::pending, io, sync::Arc};

use axum::http::StatusCode;
use inject_runtime::{
    BackgroundTasks, Bearer, BoxError, Inject, Outcome, RequestScope, ScopeError, Teardown, container,
    inject, repository, service,
    tx::{ReadTx, Tx, UnitOfWork},
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::Log;

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
}

/// Resource that logs the outcome. Its teardown fails if the log has the event "stuck".
#[derive(Clone)]
struct Lease(Log);

impl Teardown for Lease {
    type Error = io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), io::Error> {
        let events = self.0.take();
        self.0.add(format!("{outcome:?}"));
        if events == ["stuck"] { Err(io::Error::other("stuck")) } else { Ok(()) }
    }
}

#[inject(teardown)]
fn lease(Inject(log): Inject<Log>) -> Lease {
    Lease(log)
}

#[repository(scope = request)]
struct Names {
    tx: Tx<Sqlite>,
}

impl Names {
    async fn add(&mut self, name: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO names VALUES (?)").bind(name).execute(&mut self.tx).await?;
        Ok(())
    }
}

#[repository(scope = request)]
struct Census {
    tx: ReadTx<Sqlite>,
}

impl Census {
    async fn count(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT COUNT(*) FROM names").fetch_one(&mut self.tx).await
    }
}

#[service(scope = request)]
struct Register {
    census: Census,
    names: Names,
    log: Inject<Log>,
    tasks: BackgroundTasks,
    unit: UnitOfWork<Sqlite>,
}

impl Register {
    async fn add(&mut self, names: &[&str]) -> Result<i64, BoxError> {
        for name in names {
            self.names.add(name).await?;
        }
        let (log, later) = (self.log.0.clone(), self.log.0.clone());
        self.unit.on_commit(async move {
            log.add("committed");
        });
        self.tasks.add("greet", async move {
            later.add("greeted");
        });
        Ok(self.census.count().await?)
    }
}

async fn app() -> Arc<App> {
    // One connection: a second transaction would wait for the first.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::query("CREATE TABLE names (name TEXT UNIQUE)").execute(&pool).await.unwrap();
    App::builder(AppInputs { pool, log: Log::default() }).build().await.unwrap()
}

async fn count(app: &App) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM names").fetch_one(&app.pool).await.unwrap()
}

#[tokio::test]
async fn a_success_is_committed_and_the_run_waits_for_its_background_work() {
    let app = app().await;
    let seen = RequestScope::of(&app)
        .run(async |mut register: Register| register.add(&["Ada", "Emmy"]).await)
        .await
        .unwrap();
    assert_eq!((seen, count(&app).await), (2, 2), "read in the transaction that has written");
    let mut events = app.log.take();
    events.sort();
    assert_eq!(events, ["committed", "greeted"]);
}

#[tokio::test]
async fn an_error_rolls_everything_back() {
    let app = app().await;
    let result = RequestScope::of(&app)
        .run(async |mut register: Register| {
            register.add(&["Ada"]).await?;
            register.add(&["Ada"]).await
        })
        .await;
    assert!(result.unwrap_err().to_string().contains("UNIQUE"));
    assert_eq!((count(&app).await, app.log.take()), (0, Vec::new()));
}

#[tokio::test]
async fn a_run_that_is_dropped_is_rolled_back() {
    let app = app().await;
    let forever = RequestScope::of(&app).run(async |mut register: Register| {
        register.add(&["Ada"]).await?;
        app.log.add("added");
        pending::<Result<(), BoxError>>().await
    });
    tokio::select! {
        _ = forever => unreachable!("the run is pending"),
        () = app.log.until("added") => {}
    }
    assert_eq!(count(&app).await, 0);
}

#[tokio::test]
async fn a_teardown_that_fails_is_an_error() {
    let app = app().await;
    let using = async |lease: Lease| {
        lease.0.add("used");
        Ok::<_, ScopeError>(())
    };
    RequestScope::of(&app).run(using).await.unwrap();
    assert_eq!(app.log.take(), ["Success"]);
    let stuck = async |lease: Lease| {
        lease.0.add("stuck");
        Ok::<_, ScopeError>(())
    };
    let error = RequestScope::of(&app).run(stuck).await.unwrap_err();
    assert!(matches!(error, ScopeError::NotClosed { status: StatusCode::INTERNAL_SERVER_ERROR, .. }));
    assert_eq!(app.log.take(), ["Success"]);
}

#[tokio::test]
async fn an_extractor_that_needs_a_request_is_rejected() {
    let app = app().await;
    let result = RequestScope::of(&app)
        .run(async |(_lease, _bearer): (Lease, Bearer)| Ok::<_, ScopeError>(()))
        .await
        .unwrap_err();
    assert_eq!(result.status(), StatusCode::UNAUTHORIZED);
    assert!(matches!(result, ScopeError::Rejected { .. }) && result.to_string().contains("401"), "{result}");
    assert_eq!(app.log.take(), ["Rejection(401)"]);
}
