//! Seeds: values that stand for their providers in a scope without a request.

use std::{
    convert::Infallible,
    io,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::http::StatusCode;
use futures_util::FutureExt as _;
use inject_runtime::{
    Authorized, Bearer, BoxError, Inject, Outcome, Principal, Problem, RequestScope, Role, Routes,
    ScopeError, Teardown, Uncached, container, get, inject, repository, routes, service,
    tx::{ReadTx, Tx, UnitOfWork},
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::{Log, authorized, request, send};

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser, proofs = roles)]
enum UserRole {
    Admin,
    Student,
}

#[derive(Clone, Debug, PartialEq)]
struct CurrentUser {
    name: String,
    role: UserRole,
}

impl std::fmt::Debug for UserRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if *self == Self::Admin { "Admin" } else { "Student" })
    }
}

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.role == role
    }
}

#[inject]
async fn current_user(bearer: Bearer, Inject(log): Inject<Log>) -> Result<CurrentUser, Problem> {
    log.add("authenticated");
    match bearer.token() {
        "ada" => Ok(ada()),
        _ => Err(Problem::new(StatusCode::UNAUTHORIZED)),
    }
}

fn ada() -> CurrentUser {
    CurrentUser { name: "Ada".to_owned(), role: UserRole::Admin }
}

fn ben() -> CurrentUser {
    CurrentUser { name: "Ben".to_owned(), role: UserRole::Student }
}

/// Provided by the head of a request, without a default.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tenant(u32);

#[inject]
fn tenant(headers: axum::http::HeaderMap) -> Result<Tenant, Problem> {
    let tenant = headers.get("x-tenant").and_then(|tenant| tenant.to_str().ok()?.parse().ok());
    tenant.map(Tenant).ok_or(Problem::new(StatusCode::BAD_REQUEST))
}

#[repository(scope = request)]
struct Invoices {
    tenant: Tenant,
    tx: Tx<Sqlite>,
}

impl Invoices {
    async fn add(&mut self, user: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO invoices VALUES (?, ?)")
            .bind(self.tenant.0)
            .bind(user)
            .execute(&mut self.tx)
            .await?;
        Ok(())
    }
}

/// Takes the principal, and a value of the request at two depths.
#[service(scope = request)]
struct Billing {
    user: CurrentUser,
    tenant: Tenant,
    invoices: Invoices,
}

impl Billing {
    async fn invoice(&mut self) -> sqlx::Result<String> {
        self.invoices.add(&self.user.name).await?;
        Ok(format!("{} of tenant {}", self.user.name, self.tenant.0))
    }
}

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
}

async fn app() -> Arc<App> {
    // One connection: a second transaction would wait for the first.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::query("CREATE TABLE invoices (tenant INTEGER, name TEXT)").execute(&pool).await.unwrap();
    App::builder(AppInputs { pool, log: Log::default() }).build().await.unwrap()
}

async fn count(app: &App) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM invoices").fetch_one(&app.pool).await.unwrap()
}

#[get("/invoice", authenticated = CurrentUser)]
async fn invoice(mut billing: Billing) -> Result<String, Problem> {
    billing.invoice().await.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
}

#[tokio::test]
async fn a_service_is_the_same_over_http_and_in_a_scope() {
    let app = app().await;
    let routes: Routes<App> = routes![invoice];
    let router = routes.into_router(Arc::clone(&app));
    let mut over_http = authorized("GET", "/invoice", "ada");
    over_http.headers_mut().insert("x-tenant", 7.into());
    assert_eq!(send(&router, over_http).await.body, "Ada of tenant 7");
    assert_eq!(app.log.take(), ["authenticated"]);
    let seeded = RequestScope::of(&app)
        .with(Tenant(7))
        .with(ada())
        .run(async |mut billing: Billing| Ok::<_, BoxError>(billing.invoice().await?))
        .await
        .unwrap();
    assert_eq!(seeded, "Ada of tenant 7");
    assert_eq!(app.log.take(), [""; 0], "no credentials are read");
    assert_eq!(count(&app).await, 2, "both are committed");
    assert_eq!(send(&router, request("GET", "/invoice")).await.status, 401, "a scope changes no router");
}

#[tokio::test]
async fn what_is_not_passed_is_rejected_and_named() {
    let app = app().await;
    let run = async |scope: RequestScope<App>| {
        scope.run(async |_: Billing| Ok::<(), ScopeError>(())).await.unwrap_err()
    };
    let error = run(RequestScope::of(&app)).await;
    assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
    let expected = "`inject_runtime::credentials::bearer::Bearer` could not be extracted: it rejected with 401 Unauthorized";
    assert_eq!(error.to_string(), expected);
    // A provider that rejects is named by the type of its output.
    let error = run(RequestScope::of(&app).with(ada())).await;
    let ScopeError::Rejected { status, by, .. } = error else { panic!("{error}") };
    assert_eq!((status, by.rsplit("::").next()), (StatusCode::BAD_REQUEST, Some("Tenant")));
    assert_eq!(count(&app).await, 0);
}

#[tokio::test]
async fn an_optional_principal_is_there() {
    let app = app().await;
    let run = async |scope: RequestScope<App>| {
        scope.run(async |user: Option<CurrentUser>| Ok::<_, ScopeError>(user)).await.unwrap()
    };
    assert_eq!(run(RequestScope::of(&app)).await, None);
    assert_eq!(run(RequestScope::of(&app).with(ada())).await, Some(ada()));
    assert_eq!(app.log.take(), [""; 0]);
}

#[tokio::test]
async fn the_role_of_a_principal_is_checked() {
    let app = app().await;
    let run = async |user: CurrentUser| {
        let scope = RequestScope::of(&app).with(user);
        scope.run(async |by: Authorized<roles::Admin>| Ok::<_, ScopeError>(by.into_principal())).await
    };
    assert_eq!(run(ada()).await, Ok(ada()));
    let error = run(ben()).await.unwrap_err();
    assert_eq!(error.status(), StatusCode::FORBIDDEN);
    assert!(error.to_string().contains("Authorized<"), "{error}");
}

/// Differs for each dependent.
#[derive(Clone, Debug, PartialEq)]
struct Ticket(usize);

static TICKETS: AtomicUsize = AtomicUsize::new(0);

#[inject(uncached)]
fn draw() -> Ticket {
    Ticket(TICKETS.fetch_add(1, Ordering::Relaxed))
}

#[tokio::test]
async fn each_dependent_gets_a_clone_and_the_last_value_counts() {
    type Tenancy = Tenant;
    let app = app().await;
    macro_rules! seeded {
        ($value:expr, $ty:ty) => {
            RequestScope::of(&app).with::<$ty>($value)
        };
    }
    let (ticket, same, Uncached(uncached)) = seeded!(Ticket(1), Ticket)
        .with(Ticket(2))
        .run(async |tickets: (Ticket, Ticket, Uncached<Ticket>)| Ok::<_, ScopeError>(tickets))
        .await
        .unwrap();
    assert_eq!([ticket, same, uncached], [Ticket(2), Ticket(2), Ticket(2)]);
    assert_eq!(TICKETS.load(Ordering::Relaxed), 0, "the provider does not run");
    let tenant = seeded!(Tenant(3), Tenancy).run(async |tenant: Tenant| Ok::<_, ScopeError>(tenant)).await;
    assert_eq!(tenant, Ok(Tenant(3)));
}

#[tokio::test]
async fn scopes_are_independent_when_they_are_nested_or_run_at_once() {
    let app = app().await;
    let scope = |tenant| RequestScope::of(&app).with(Tenant(tenant));
    let inner = async |outer: Tenant| {
        let inner = scope(2).run(async |inner: Tenant| Ok::<_, ScopeError>(inner)).await?;
        let none = RequestScope::of(&app).run(async |_: Tenant| Ok::<_, ScopeError>(())).await;
        Ok::<_, ScopeError>((outer, inner, none.is_err()))
    };
    assert_eq!(scope(1).run(inner).await, Ok((Tenant(1), Tenant(2), true)));
    let all = (0..50).map(|tenant| {
        let scope = scope(tenant);
        // It can be sent to another thread.
        tokio::spawn(async move {
            scope
                .run(async move |found: Tenant| {
                    tokio::task::yield_now().await;
                    Ok::<_, ScopeError>(found == Tenant(tenant))
                })
                .await
        })
    });
    for run in futures_util::future::join_all(all).await {
        assert_eq!(run.unwrap(), Ok(true));
    }
}

/// Resource whose teardown fails with a problem if the log has the event "taken".
#[derive(Clone)]
struct Lease(Log);

impl Teardown for Lease {
    type Error = io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), io::Error> {
        self.0.add(format!("lease: {outcome:?}"));
        if self.0.count("taken") > 0 { Err(io::Error::other("taken")) } else { Ok(()) }
    }

    fn problem(_: &io::Error) -> Option<Problem> {
        Some(Problem::new(StatusCode::CONFLICT))
    }
}

#[inject(teardown)]
fn lease(Inject(log): Inject<Log>) -> Lease {
    Lease(log)
}

/// Resource that is closed after the body of a response, and in a scope with all others.
#[derive(Clone)]
struct Export(Log);

impl Teardown for Export {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        self.0.add(format!("export: {outcome:?}"));
        Ok(())
    }
}

#[inject(teardown, until = body)]
fn export(Inject(log): Inject<Log>) -> Export {
    Export(log)
}

#[tokio::test]
async fn a_scope_closes_what_it_opened_and_not_what_was_passed() {
    let app = app().await;
    let using = async |_: (Lease, Export)| Ok::<_, ScopeError>(());
    RequestScope::of(&app).run(using).await.unwrap();
    assert_eq!(app.log.take(), ["export: Success", "lease: Success"]);
    let lease = Lease(Log::default());
    RequestScope::of(&app).with(lease.clone()).run(using).await.unwrap();
    assert_eq!(app.log.take(), ["export: Success"]);
    assert!(lease.0.is_empty());
}

#[tokio::test]
async fn the_problem_of_a_teardown_has_its_status() {
    let app = app().await;
    let taken = async |lease: Lease| {
        lease.0.add("taken");
        Ok::<_, ScopeError>(())
    };
    let error = RequestScope::of(&app).run(taken).await.unwrap_err();
    assert!(matches!(error, ScopeError::NotClosed { status: StatusCode::CONFLICT, .. }), "{error}");
    assert!(error.to_string().contains("409 Conflict"), "{error}");
}

#[tokio::test]
async fn a_panic_closes_the_scope_and_continues() {
    let app = app().await;
    let run = RequestScope::of(&app).with(ada()).with(Tenant(1)).run(
        async |(_lease, mut billing): (Lease, Billing)| -> Result<(), BoxError> {
            billing.invoice().await?;
            panic!("out of cheese")
        },
    );
    let panic = AssertUnwindSafe(run).catch_unwind().await.unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"out of cheese"));
    assert_eq!(app.log.take(), ["lease: Panic"]);
    assert_eq!(count(&app).await, 0);
}

#[repository(scope = request)]
struct Audit {
    tx: ReadTx<Sqlite>,
}

#[service(scope = request)]
struct Unit {
    unit: UnitOfWork<Sqlite>,
}

impl Audit {
    async fn count(&mut self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT COUNT(*) FROM invoices").fetch_one(&mut self.tx).await
    }
}

#[tokio::test]
async fn scopes_share_a_transaction_that_is_passed() {
    let app = app().await;
    let tx = Tx::<Sqlite>::new(app.pool.clone());
    for expected in 1..=3 {
        let scope = RequestScope::of(&app).with(tx.clone()).with(ada()).with(Tenant(1));
        let seen = scope
            .run(async |(mut billing, mut audit, mut unit): (Billing, Audit, Unit)| {
                billing.invoice().await?;
                unit.unit.savepoint(async |_| Ok::<_, sqlx::Error>(())).await?;
                Ok::<_, BoxError>(audit.count().await?)
            })
            .await
            .unwrap();
        assert_eq!(seen, expected, "every scope sees what the others wrote");
    }
    // An error rolls back nothing that others wrote: the transaction is the caller's.
    let failed = RequestScope::of(&app)
        .with(tx.clone())
        .run(async |_: Audit| Err::<(), BoxError>("out of cheese".into()))
        .await;
    assert_eq!(failed.unwrap_err().to_string(), "out of cheese");
    let left = RequestScope::of(&app)
        .with(tx.clone())
        .run(async |mut audit: Audit| Ok::<_, BoxError>(audit.count().await?));
    assert_eq!(left.await.unwrap(), 3);
    tx.rollback().await.unwrap();
    assert_eq!(count(&app).await, 0);
}
