//! Background tasks that take components, in a request scope of their own.

use std::{future::pending, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::post as plain_post};
use inject_runtime::{
    Authorized, BackgroundTasks, Bearer, BoxError, Inject, NewScope, Outcome, Principal, Problem, Role,
    Routes, ScopeError, Stopping, Tasks, Teardown, Uncached, container, inject, post, repository, routes,
    service, tx::Tx,
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::{LONG, Log, authorized, request, send};

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
}

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser, proofs = roles)]
enum UserRole {
    Admin,
}

#[derive(Clone)]
struct CurrentUser(String);

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, _: UserRole) -> bool {
        self.0 == "ada"
    }
}

#[inject]
fn current_user(bearer: Bearer, Inject(log): Inject<Log>) -> CurrentUser {
    log.add("authenticated");
    CurrentUser(bearer.token().to_owned())
}

/// Resource that logs its outcome.
#[derive(Clone)]
struct Connection(Log);

impl Teardown for Connection {
    type Error = std::convert::Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Self::Error> {
        self.0.add(format!("closed: {outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
fn connect(Inject(log): Inject<Log>) -> Connection {
    Connection(log)
}

#[repository(scope = request)]
struct Mails {
    tx: Tx<Sqlite>,
    _connection: Connection,
}

impl Mails {
    async fn add(&mut self, to: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO mails VALUES (?)").bind(to).execute(&mut self.tx).await?;
        Ok(())
    }
}

/// Takes the principal, and writes.
#[service(scope = request)]
struct Mailer {
    user: CurrentUser,
    mails: Mails,
    log: Inject<Log>,
}

impl Mailer {
    async fn welcome(&mut self) -> sqlx::Result<()> {
        self.mails.add(&self.user.0).await?;
        self.log.add(format!("welcome {}", self.user.0));
        Ok(())
    }
}

async fn app() -> Arc<App> {
    // One connection: the task could not begin a transaction before the request has ended its own.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::query("CREATE TABLE mails (name TEXT UNIQUE)").execute(&pool).await.unwrap();
    App::builder(AppInputs { pool, log: Log::default() }).build().await.unwrap()
}

async fn names(app: &App) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM mails ORDER BY name").fetch_all(&app.pool).await.unwrap()
}

/// Sends a request with the token "ada", and waits for its tasks. Returns the status, and the rows that are kept.
async fn post_to(app: &Arc<App>, routes: Routes<App>, path: &str) -> (StatusCode, Vec<String>) {
    let tasks = routes.tasks();
    let router = routes.into_router(Arc::clone(app));
    let status = send(&router, authorized("POST", path, "ada")).await.status;
    tasks.drain(LONG).await.expect("nothing hangs");
    (status, names(app).await)
}

/// Writes in the request, and in the task.
#[post("/accounts", authenticated = CurrentUser)]
async fn open_account(
    mut own: MailsOfRequest,
    tasks: BackgroundTasks,
    mailer: NewScope<Mailer>,
) -> StatusCode {
    own.mails.add("account").await.unwrap();
    tasks.add_scoped("welcome mail", mailer, async move |mut mailer| mailer.welcome().await);
    own.log.add("answered");
    StatusCode::CREATED
}

#[service(scope = request)]
struct MailsOfRequest {
    mails: Mails,
    log: Inject<Log>,
}

#[tokio::test]
async fn a_task_has_a_transaction_of_its_own_and_the_principal_of_the_request() {
    let app = app().await;
    let (status, names) = post_to(&app, routes![open_account], "/accounts").await;
    assert_eq!((status, names), (StatusCode::CREATED, vec!["account".to_owned(), "ada".to_owned()]));
    let events = ["authenticated", "answered", "closed: Success", "welcome ada", "closed: Success"];
    assert_eq!(app.log.take(), events, "after the end of the request, and without credentials");
}

/// Writes, and then ends in several ways.
#[post("/ends", authenticated = CurrentUser)]
async fn ends(tasks: BackgroundTasks, mailer: NewScope<Mailer>) {
    tasks.add_scoped("failing", mailer.clone(), async |mut mailer: Mailer| {
        mailer.welcome().await?;
        Err::<(), BoxError>("out of cheese".into())
    });
    tasks.add_scoped("panicking", mailer.clone(), async |mut mailer: Mailer| {
        assert!(mailer.welcome().await.is_err(), "out of cheese");
    });
    tasks.add_scoped("refused by the database", mailer.clone(), async |mut mailer: Mailer| {
        mailer.welcome().await?;
        mailer.welcome().await
    });
    // Nothing to return.
    tasks.add_scoped("logging", mailer, async |mailer: Mailer| {
        mailer.log.add("nothing written");
    });
}

#[tokio::test]
async fn a_task_that_fails_or_panics_is_rolled_back() {
    let app = app().await;
    let (status, names) = post_to(&app, routes![ends], "/ends").await;
    assert_eq!((status, names), (StatusCode::OK, Vec::new()));
    let log = &app.log;
    assert_eq!(
        (log.count("closed: Failure(500)"), log.count("closed: Panic")),
        (2, 1),
        "{log:?}",
        log = log.take()
    );
}

#[post("/refused", authenticated = CurrentUser)]
async fn refused(tasks: BackgroundTasks, mailer: NewScope<Mailer>) -> Result<(), Problem> {
    tasks.add_scoped("welcome mail", mailer, async move |mut mailer| mailer.welcome().await);
    Err(Problem::new(StatusCode::CONFLICT))
}

#[tokio::test]
async fn tasks_of_a_failed_request_do_not_run() {
    let app = app().await;
    let (status, names) = post_to(&app, routes![refused], "/refused").await;
    assert_eq!((status, names), (StatusCode::CONFLICT, Vec::new()));
    assert_eq!(app.log.take(), ["authenticated"]);
}

/// There is no principal to inherit.
#[post("/public", public)]
async fn public(tasks: BackgroundTasks, mailer: NewScope<Mailer>, Inject(log): Inject<Log>) {
    tasks.add_scoped("anonymous", mailer.clone(), async move |_| _ = log.add("unreachable"));
    let passed = mailer.with(CurrentUser("passed".to_owned()));
    tasks.add_scoped("passed", passed, async |mut mailer: Mailer| mailer.welcome().await);
}

/// The parameter is not the policy.
#[post("/optional", public)]
async fn optional(_user: Option<CurrentUser>, tasks: BackgroundTasks, mailer: NewScope<Mailer>) {
    tasks.add_scoped("anonymous", mailer, async |mut mailer: Mailer| mailer.welcome().await);
}

#[post("/stated", authenticated)]
async fn stated(tasks: BackgroundTasks, mailer: NewScope<Mailer>, _user: CurrentUser) {
    tasks.add_scoped("stated", mailer, async |mut mailer: Mailer| mailer.welcome().await);
}

#[post("/proof")]
async fn proof(tasks: BackgroundTasks, mailer: NewScope<Mailer>, _by: Authorized<roles::Admin>) {
    tasks.add_scoped("proof", mailer, async |mut mailer: Mailer| mailer.welcome().await);
}

#[post("/role")]
#[inject_runtime::require_role(UserRole::Admin)]
async fn role(tasks: BackgroundTasks, mailer: NewScope<Mailer>) {
    tasks.add_scoped("role", mailer, async |mut mailer: Mailer| mailer.welcome().await);
}

#[post("/guarded", public)]
async fn guarded(tasks: BackgroundTasks, mailer: NewScope<Mailer>) {
    tasks.add_scoped("guarded", mailer, async |mut mailer: Mailer| mailer.welcome().await);
}

#[tokio::test]
async fn the_principal_is_that_of_the_policy_or_of_a_guard() {
    let all = || -> Routes<App> {
        let guarded = routes![guarded];
        routes![public, optional, stated, proof, role].merge(guarded.guard::<CurrentUser>())
    };
    for (path, expected) in [
        ("/public", &["passed"][..]),
        ("/optional", &[]),
        ("/stated", &["ada"]),
        ("/proof", &["ada"]),
        ("/role", &["ada"]),
        ("/guarded", &["ada"]),
    ] {
        let app = app().await;
        let (status, names) = post_to(&app, all(), path).await;
        assert_eq!(
            (status, &*names),
            (StatusCode::OK, &*expected.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()),
            "{path}"
        );
        assert!(app.log.count("authenticated") <= 1, "{path}");
        assert_eq!(app.log.count("unreachable"), 0);
    }
}

#[tokio::test]
async fn overrides_of_a_test_hold_in_the_scopes_of_its_tasks() {
    let app = app().await;
    let routes: Routes<App> = routes![optional];
    let routes = routes.override_provider(|_| CurrentUser("fake".to_owned()));
    let (status, names) = post_to(&app, routes, "/optional").await;
    assert_eq!((status, names), (StatusCode::OK, vec!["fake".to_owned()]));
    assert_eq!(app.log.count("authenticated"), 0);
}

/// A component of the request that starts tasks, which start others.
#[service(scope = request)]
struct Chain {
    tasks: BackgroundTasks,
    mails: NewScope<Mails>,
}

type Scoped<T> = NewScope<T>;

macro_rules! chained {
    ($name:ident, $path:literal, $scope:ty) => {
        #[post($path, authenticated = CurrentUser)]
        async fn $name(chain: Chain, again: $scope) {
            chain.tasks.add_scoped("first", again, async |(chain, user): (Chain, Uncached<CurrentUser>)| {
                let name = format!("second of {}", user.0.0);
                chain
                    .tasks
                    .add_scoped("second", chain.mails.clone(), async move |mut mails| mails.add(&name).await);
            });
        }
    };
}

chained!(chained, "/chained", Scoped<(Chain, Uncached<CurrentUser>)>);

#[tokio::test]
async fn scopes_are_nested_and_inherit() {
    let app = app().await;
    let (status, names) = post_to(&app, routes![chained], "/chained").await;
    assert_eq!((status, names), (StatusCode::OK, vec!["second of ada".to_owned()]));
    assert_eq!(app.log.count("authenticated"), 1);
}

async fn plain(tasks: BackgroundTasks, mailer: NewScope<Mailer>, user: CurrentUser) {
    tasks.add_scoped("plain", mailer.with(user), async |mut mailer: Mailer| mailer.welcome().await);
}

#[tokio::test]
async fn a_plain_handler_passes_the_principal() {
    let app = app().await;
    let routes: Routes<App> = routes![];
    let routes = routes.merge(Router::new().route("/plain", plain_post(plain)));
    assert_eq!(post_to(&app, routes, "/plain").await, (StatusCode::OK, vec!["ada".to_owned()]));
}

/// Runs three scopes at once and waits for them, in the request.
#[post("/now", authenticated = CurrentUser)]
async fn now(mails: NewScope<MailsOfRequest>) -> Result<String, Problem> {
    let add = |name: &'static str| {
        mails.run(async move |mut own: MailsOfRequest| {
            own.mails.add(name).await.map_err(|_| Failed)?;
            Ok::<_, Failed>(name.len())
        })
    };
    let (one, two, again) = tokio::join!(add("one"), add("two"), add("one"));
    Ok(format!("{:?}", [one.ok(), two.ok(), again.ok()]))
}

#[derive(Debug)]
struct Failed;

impl From<ScopeError> for Failed {
    fn from(error: ScopeError) -> Self {
        panic!("{error}")
    }
}

#[tokio::test]
async fn scopes_can_run_within_the_request_and_at_once() {
    let app = app().await;
    let routes: Routes<App> = routes![now];
    let router = routes.into_router(Arc::clone(&app));
    assert_eq!(send(&router, authorized("POST", "/now", "ada")).await.body, "[Some(3), Some(3), None]");
    assert_eq!(names(&app).await, ["one", "two"]);
}

/// A task that does not end, and one that ends at the stop.
#[post("/endless", authenticated = CurrentUser)]
async fn endless(tasks: BackgroundTasks, scope: NewScope<(Connection, Stopping)>) {
    tasks.add_scoped("endless", scope.clone(), async |(connection, _): (Connection, Stopping)| {
        connection.0.add("started");
        pending::<()>().await;
    });
    tasks.add_scoped("told", scope, async |(connection, stopping): (Connection, Stopping)| {
        connection.0.add("started");
        stopping.wait().await;
    });
}

#[tokio::test]
async fn a_shutdown_tells_names_and_cancels_the_tasks() {
    let app = app().await;
    let routes: Routes<App> = routes![endless];
    let tasks: Tasks = routes.tasks();
    let router = routes.into_router(Arc::clone(&app));
    assert_eq!(send(&router, authorized("POST", "/endless", "ada")).await.status, 200);
    crate::support::until(|| app.log.count("started") == 2).await;
    tasks.stop();
    app.log.until("closed: Success").await;
    let error = tasks.drain(Duration::from_millis(50)).await.expect_err("one task does not end");
    assert_eq!(error.names(), ["endless"]);
    assert_eq!(
        app.log.take(),
        ["authenticated", "started", "started", "closed: Success", "closed: Cancelled"]
    );
}

#[tokio::test]
async fn a_public_endpoint_answers_though_its_task_is_rejected() {
    let app = app().await;
    let routes: Routes<App> = routes![public];
    let tasks = routes.tasks();
    let router = routes.into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/public")).await.status, 200);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(names(&app).await, ["passed"]);
}

#[tokio::test]
async fn the_function_of_an_endpoint_is_called_in_a_unit_test() {
    let (app, tasks) = (app().await, Tasks::default());
    let scope = NewScope::detached(&app, &tasks).with(CurrentUser("unit test".to_owned()));
    role::call(BackgroundTasks::detached(&tasks), scope).await;
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(names(&app).await, ["unit test"]);
}

/// What a new scope extracts is a dependency of the endpoint, and demands nothing of its clients.
#[test]
fn graph_and_document_show_the_scope() {
    let routes: Routes<App> = routes![public];
    let view = routes.graph().view();
    let edges: Vec<_> = view.edges().iter().map(|edge| (&*edge.from, &*edge.to)).collect();
    assert!(
        edges.contains(&("public", "Mailer")) && edges.contains(&("Mailer", "current_user")),
        "{edges:?}"
    );
    let document = serde_json::to_value(routes.openapi()).unwrap();
    let operation = &document["paths"]["/public"]["post"];
    assert_eq!(operation["security"], serde_json::json!([]));
    assert!(operation["responses"]["401"].is_null() && operation["parameters"].is_null(), "{operation}");
}
