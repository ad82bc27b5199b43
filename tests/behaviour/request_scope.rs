//! A request scope without a request.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use inject_runtime::{
    BackgroundTasks, Bearer, BoxError, Inject, Outcome, RequestScope, ScopeError, Teardown, common,
    container, inject, repository, service,
    tx::{ReadTx, Tx},
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    log: Arc<Log>,
}

/// What happened, in order.
#[common]
struct Log {
    #[init]
    lines: Mutex<Vec<String>>,
}

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A resource that says how it ended. It cannot be closed once "stuck" is in the log.
#[derive(Clone)]
struct Lease(Arc<Log>);

impl Teardown for Lease {
    type Error = io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), io::Error> {
        let lines = self.0.take();
        self.0.add(format!("{outcome:?}"));
        if lines == ["stuck"] { Err(io::Error::other("stuck")) } else { Ok(()) }
    }
}

#[inject(teardown)]
fn lease(Inject(log): Inject<Arc<Log>>) -> Lease {
    Lease(log)
}

#[repository(scope = request)]
struct Names {
    tx: Tx<Sqlite>,
}

impl Names {
    async fn add(&mut self, name: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO names VALUES (?)")
            .bind(name)
            .execute(&mut *self.tx.acquire().await?)
            .await?;
        Ok(())
    }
}

#[repository(scope = request)]
struct Census {
    tx: ReadTx<Sqlite>,
}

impl Census {
    async fn count(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT COUNT(*) FROM names").fetch_one(&mut *self.tx.acquire().await?).await
    }
}

#[service(scope = request)]
struct Register {
    census: Census,
    names: Names,
    log: Inject<Arc<Log>>,
    tasks: BackgroundTasks,
    tx: Tx<Sqlite>,
}

impl Register {
    async fn add(&mut self, names: &[&str]) -> Result<i64, BoxError> {
        for name in names {
            self.names.add(name).await?;
        }
        let (log, later) = (self.log.clone(), self.log.clone());
        self.tx.on_commit(async move { log.add("committed") });
        self.tasks.add("greet", async move { later.add("greeted") });
        Ok(self.census.count().await?)
    }
}

async fn app() -> Arc<App> {
    // One connection: two transactions at the same time would wait for each other.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::query("CREATE TABLE names (name TEXT UNIQUE)").execute(&pool).await.unwrap();
    App::builder(AppInputs { pool }).build().await.unwrap()
}

async fn count(app: &App) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM names").fetch_one(&app.pool).await.unwrap()
}

#[tokio::test]
async fn what_is_done_is_kept_and_what_follows_is_waited_for() {
    let app = app().await;
    let seen = RequestScope::of(&app)
        .run(async |mut register: Register| register.add(&["Ada", "Emmy"]).await)
        .await
        .unwrap();
    assert_eq!((seen, count(&app).await), (2, 2), "read in the transaction that has written");
    let mut lines = app.log.take();
    lines.sort();
    assert_eq!(lines, ["committed", "greeted"]);
}

#[tokio::test]
async fn an_error_undoes_everything() {
    let app = app().await;
    let result = RequestScope::of(&app)
        .run(async |mut register: Register| {
            register.add(&["Ada"]).await?;
            register.add(&["Ada"]).await
        })
        .await;
    assert!(result.unwrap_err().to_string().contains("UNIQUE"));
    assert_eq!((count(&app).await, app.log.take()), (0, vec![]));
}

#[tokio::test]
async fn one_that_is_given_up_is_rolled_back() {
    let app = app().await;
    let forever = RequestScope::of(&app).run(async |mut register: Register| {
        register.add(&["Ada"]).await?;
        app.log.add("added");
        std::future::pending::<Result<(), BoxError>>().await
    });
    let added = async {
        while app.log.take().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = forever => unreachable!("it is pending"),
        () = added => {}
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
    assert_eq!(RequestScope::of(&app).run(stuck).await, Err(ScopeError::NotClosed));
    assert_eq!(app.log.take(), ["Success"]);
}

#[tokio::test]
async fn what_needs_a_request_is_refused() {
    let app = app().await;
    let result = RequestScope::of(&app)
        .run(async |(_lease, _bearer): (Lease, Bearer)| Ok::<_, ScopeError>(()))
        .await
        .unwrap_err();
    assert_eq!(result, ScopeError::Rejected(axum::http::StatusCode::UNAUTHORIZED));
    assert!(result.to_string().contains("401"), "{result}");
    assert_eq!(app.log.take(), ["Rejection(401)"]);
}
