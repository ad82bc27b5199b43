//! The request scope beyond the acceptance tests: streams, plain handlers, proofs, what the route table says.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::FromRequestParts,
    http::{Request, StatusCode, request::Parts},
    response::Response,
    routing,
};
use futures_util::{StreamExt as _, stream};
use inject_runtime::{
    __private::{NodeOf, NotProvided as _},
    Authorized, BackgroundTasks, Bearer, Inject, MissingRole, Outcome, Principal, Role, Routes, Teardown,
    Uncached, container, get, in_layer, inject,
    layer::Common,
    post, require_role, routes, service,
    tx::{ReadTx, Tx},
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use tower::ServiceExt as _;

/// What happened, in order.
#[in_layer(Common)]
#[derive(Default)]
pub(crate) struct Log {
    lines: Mutex<Vec<String>>,
    authentications: AtomicUsize,
}

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.lines.lock().unwrap().push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

#[container]
pub(crate) struct App {
    #[input]
    log: Arc<Log>,
    #[input]
    pool: SqlitePool,
}

async fn app() -> (Arc<App>, Arc<Log>) {
    let log = Arc::new(Log::default());
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(2));
    let pool = options.connect("sqlite::memory:").await.unwrap();
    sqlx::raw_sql("CREATE TABLE note (text TEXT)").execute(&pool).await.unwrap();
    (App::builder(AppInputs { log: log.clone(), pool }).build().await.unwrap(), log)
}

/// Without a connection: the threads of `SQLite` know nothing of a paused clock.
async fn paused_app() -> (Arc<App>, Arc<Log>) {
    let log = Arc::new(Log::default());
    let pool = SqlitePool::connect_lazy("sqlite::memory:").unwrap();
    (App::builder(AppInputs { log: log.clone(), pool }).build().await.unwrap(), log)
}

async fn send(router: Router, method: &str, path: &str, token: Option<&str>) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().into()).unwrap()
}

// ---- Who asks

#[derive(Clone, Copy, Debug, PartialEq, Eq, Role)]
#[role(principal = User, proofs = levels)]
pub(crate) enum Level {
    #[role(implies(Writer))]
    Owner,
    #[role(implies(Reader))]
    Writer,
    Reader,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    level: Level,
}

impl Principal<Level> for User {
    fn has_role(&self, role: Level) -> bool {
        self.level == role
    }
}

#[inject]
pub(crate) fn user(bearer: Bearer, Inject(log): Inject<Arc<Log>>) -> Result<User, StatusCode> {
    log.authentications.fetch_add(1, Ordering::SeqCst);
    let level = match bearer.token() {
        "owner" => Level::Owner,
        "writer" => Level::Writer,
        "reader" => Level::Reader,
        _ => return Err(StatusCode::UNAUTHORIZED),
    };
    Ok(User { level })
}

#[get("/proof")]
#[require_role(Level::Reader)]
async fn proof(user: User, proof: Authorized<(levels::Owner, levels::Writer)>) -> String {
    format!("{:?} {:?}", user.level, proof.level)
}

#[require_role(Level::Writer)]
async fn plain_guarded(user: User) -> String {
    format!("{:?}", user.level)
}

fn guarded() -> Routes<App> {
    routes![proof].merge(Router::new().route("/plain", routing::get(plain_guarded)))
}

#[tokio::test]
async fn a_role_grants_those_that_it_implies() {
    let (app, log) = app().await;
    let router = guarded().into_router(app);
    for (path, token, expected) in [
        ("/proof", None, StatusCode::UNAUTHORIZED),
        ("/proof", Some("nobody"), StatusCode::UNAUTHORIZED),
        ("/proof", Some("reader"), StatusCode::FORBIDDEN),
        ("/proof", Some("writer"), StatusCode::OK),
        ("/proof", Some("owner"), StatusCode::OK),
        ("/plain", None, StatusCode::UNAUTHORIZED),
        ("/plain", Some("reader"), StatusCode::FORBIDDEN),
        ("/plain", Some("writer"), StatusCode::OK),
        ("/plain", Some("owner"), StatusCode::OK),
    ] {
        let before = log.authentications.load(Ordering::SeqCst);
        assert_eq!(send(router.clone(), "GET", path, token).await.status(), expected, "{path} {token:?}");
        // By the guard, and by nobody else.
        assert_eq!(
            log.authentications.load(Ordering::SeqCst) - before,
            usize::from(token.is_some()),
            "{path} {token:?}"
        );
    }
}

#[tokio::test]
async fn a_proof_is_made_by_a_check_alone() {
    let MissingRole(user) = Authorized::<levels::Owner>::check(User { level: Level::Writer }).unwrap_err();
    let proof: Authorized<levels::Reader> = Authorized::check(user).unwrap();
    assert_eq!(proof.principal().level, Level::Writer);
    assert_eq!(proof.into_principal().level, Level::Writer);
}

// ---- Bodies

#[derive(Clone)]
pub(crate) struct Export(Arc<Log>);

impl Teardown for Export {
    type Error = std::io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), std::io::Error> {
        self.0.add(format!("closed: {outcome:?}"));
        if self.0.lines().iter().any(|line| line == "full disk") {
            return Err(std::io::Error::other("full disk"));
        }
        Ok(())
    }
}

#[inject(teardown, until = body)]
pub(crate) fn export(Inject(log): Inject<Arc<Log>>) -> Export {
    log.add("opened");
    Export(log)
}

#[get("/export", public)]
async fn stream_it(export: Export) -> Body {
    let chunks = stream::iter(0..3).map(move |chunk| {
        export.0.add(format!("chunk {chunk}"));
        Ok::<_, Infallible>(Bytes::from(format!("{chunk}")))
    });
    Body::from_stream(chunks)
}

#[get("/failed", public)]
async fn failed_export(_export: Export) -> StatusCode {
    StatusCode::CONFLICT
}

fn exports() -> Routes<App> {
    routes![stream_it, failed_export]
}

#[tokio::test]
async fn a_resource_of_the_body_is_open_until_its_end() {
    let (app, log) = app().await;
    let response = send(exports().into_router(app), "GET", "/export", None).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(log.lines(), ["opened"]);
    assert_eq!(text(response).await, "012");
    assert_eq!(log.lines(), ["opened", "chunk 0", "chunk 1", "chunk 2", "closed: Success"]);
}

#[tokio::test]
async fn a_body_that_is_dropped_is_cancelled() {
    let (app, log) = app().await;
    let endpoints = exports();
    let tasks = endpoints.tasks();
    let response = send(endpoints.into_router(app), "GET", "/export", None).await;
    let mut body = response.into_body().into_data_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "0");
    drop(body);
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert_eq!(log.lines(), ["opened", "chunk 0", "closed: Cancelled"]);
}

#[tokio::test]
async fn a_body_whose_resource_fails_breaks_off() {
    let (app, log) = app().await;
    log.add("full disk");
    let response = send(exports().into_router(app), "GET", "/export", None).await;
    assert!(to_bytes(response.into_body(), 100).await.is_err());
}

#[tokio::test]
async fn a_failure_has_no_body_to_wait_for() {
    let (app, log) = app().await;
    let response = send(exports().into_router(app), "GET", "/failed", None).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(log.lines(), ["opened", "closed: Failure(409)"]);
}

// ---- Transactions

#[service(scope = request)]
pub(crate) struct Notes {
    tx: Tx<Sqlite>,
}

impl Notes {
    async fn add(&mut self, text: &str) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO note VALUES (?)").bind(text).execute(&mut *self.tx.acquire().await?).await?;
        Ok(())
    }
}

#[post("/notes/{text}", public)]
async fn add_note(
    mut reader: ReadTx<Sqlite>,
    mut notes: Notes,
    mut tx: Tx<Sqlite>,
    axum::extract::Path(text): axum::extract::Path<String>,
    Inject(log): Inject<Arc<Log>>,
) -> Result<String, StatusCode> {
    notes.add(&text).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    tx.on_commit(async move { log.add("committed") });
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM note")
        .fetch_one(&mut *reader.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    if text == "bad" { Err(StatusCode::BAD_REQUEST) } else { Ok(seen.to_string()) }
}

fn notes() -> Routes<App> {
    routes![add_note]
}

// The pool has one connection: a second transaction would wait for the first, for ever.
#[tokio::test]
async fn all_handles_of_a_request_are_one_transaction() {
    let (app, log) = app().await;
    let endpoints = notes();
    let tasks = endpoints.tasks();
    let router = endpoints.into_router(app.clone());
    assert_eq!(text(send(router.clone(), "POST", "/notes/one", None).await).await, "1");
    assert_eq!(send(router.clone(), "POST", "/notes/bad", None).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(text(send(router, "POST", "/notes/two", None).await).await, "2");
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert_eq!(log.lines(), ["committed", "committed"]);
    let kept: Vec<String> = sqlx::query_scalar("SELECT text FROM note").fetch_all(&app.pool).await.unwrap();
    assert_eq!(kept, ["one", "two"]);
}

// ---- Plain handlers, and extractors written by hand

/// Asks for the principal behind the library's back.
struct Audited(Level);

impl FromRequestParts<Arc<App>> for Audited {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let user = User::from_request_parts(parts, app).await?;
        Ok(Self(user.level))
    }
}

#[get("/audited", authenticated = User)]
async fn audited(audited: Audited, user: User) -> String {
    format!("{:?} {:?}", audited.0, user.level)
}

async fn plain(
    user: User,
    audited: Audited,
    tasks: BackgroundTasks,
    Inject(log): Inject<Arc<Log>>,
) -> String {
    tasks.add("note", async move { log.add("ran") });
    format!("{:?} {:?}", audited.0, user.level)
}

#[tokio::test]
async fn an_extractor_written_by_hand_shares_what_the_request_has() {
    fn all() -> Routes<App> {
        routes![audited].merge(Router::new().route("/plain", routing::get(plain)))
    }
    let (app, log) = app().await;
    let endpoints = all();
    let tasks = endpoints.tasks();
    let router = endpoints.into_router(app);
    for (path, runs) in [("/audited", 1), ("/plain", 2)] {
        let response = send(router.clone(), "GET", path, Some("owner")).await;
        assert_eq!(text(response).await, "Owner Owner");
        assert_eq!(log.authentications.load(Ordering::SeqCst), runs, "{path}");
    }
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert_eq!(log.lines(), ["ran"]);
}

#[tokio::test]
async fn a_resource_outside_of_a_scope_is_refused() {
    async fn handler(_tasks: BackgroundTasks) {}
    let (app, _) = app().await;
    let router = Router::new().route("/", routing::get(handler)).with_state(app);
    let response = send(router, "GET", "/", None).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert!(!text(response).await.contains("BackgroundTasks"));
}

#[tokio::test]
async fn a_guard_covers_plain_routes_as_well() {
    async fn open() -> &'static str {
        "open"
    }
    fn all() -> Routes<App> {
        let inner = Routes::from(Router::new().route("/open", routing::get(open)));
        Routes::new().nest("/inner", inner).require_role([Level::Owner])
    }
    let (app, _) = app().await;
    let router = all().into_router(app);
    for (token, status) in [(None, 401), (Some("writer"), 403), (Some("owner"), 200)] {
        assert_eq!(send(router.clone(), "GET", "/inner/open", token).await.status(), status);
    }
}

// ---- Optional, and tables

#[get("/greeting", public)]
async fn greeting(user: Option<User>) -> String {
    user.map_or("hello".into(), |user| format!("hello, {:?}", user.level))
}

#[tokio::test]
async fn what_is_optional_is_none_without_credentials_and_refused_with_bad_ones() {
    fn all() -> Routes<App> {
        routes![greeting]
    }
    let (app, _) = app().await;
    let router = all().into_router(app);
    assert_eq!(text(send(router.clone(), "GET", "/greeting", None).await).await, "hello");
    assert_eq!(text(send(router.clone(), "GET", "/greeting", Some("reader")).await).await, "hello, Reader");
    assert_eq!(send(router, "GET", "/greeting", Some("nobody")).await.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn the_table_shows_every_endpoint() {
    let routes = Routes::<App>::new().nest("/api", guarded()).nest("/api/v2", exports()).merge(notes());
    let expected = "\
METHOD  PATH            HANDLER        POLICY  INJECTS
GET     /api/proof      proof          Reader  User, Authorized<(levels::Owner, levels::Writer)>
GET     /api/v2/export  stream_it      public  Export
GET     /api/v2/failed  failed_export  public  Export
POST    /notes/{text}   add_note       public  ReadTx<Sqlite>, Notes, Tx<Sqlite>, Arc<Log>
";
    assert_eq!(routes.table().to_string(), expected);
}

#[test]
fn the_table_as_json_says_which_roles_are_let_in() {
    let routes = Routes::<App>::new().nest("/api", guarded().require_role([Level::Owner]));
    let json: serde_json::Value = serde_json::from_str(&routes.table().to_json()).unwrap();
    let path = |roles: &[&str]| -> Vec<String> {
        roles.iter().map(|role| format!("{}::{role}", std::any::type_name::<Level>())).collect()
    };
    assert_eq!(json["roles"], serde_json::json!(path(&["Owner", "Writer", "Reader"])));
    assert_eq!(json["plain_routers"], serde_json::json!(["/api/"]));
    let [row] = &json["routes"].as_array().unwrap()[..] else { panic!("one route: {json}") };
    assert_eq!(row["path"], "/api/proof");
    assert_eq!(row["policy"], serde_json::json!({ "kind": "role", "role": "Level", "any_of": ["Reader"] }));
    let granted: Vec<_> = row["checks"].as_array().unwrap().iter().map(|it| &it["granted_to"]).collect();
    let expected: [&[&str]; 3] = [&["Owner"], &["Reader", "Writer", "Owner"], &["Owner", "Writer"]];
    assert_eq!(granted, expected.map(|roles| serde_json::json!(path(roles))).each_ref());
}

/// Taken by value, by a provider alone.
#[service]
struct Greeter {
    _log: Arc<Log>,
}

#[derive(Clone)]
struct Greeting;

#[inject]
fn salute(Inject(_): Inject<Greeter>) -> Greeting {
    Greeting
}

#[get("/salute", public)]
async fn saluted(_: Greeting) {}

#[test]
fn what_only_a_provider_takes_has_its_dependencies_in_the_graph_where_they_are_known() {
    fn all() -> Routes<App> {
        routes![saluted]
    }
    let unknown = all().graph().view();
    let greeter = unknown.vertices().iter().find(|it| it.id == "Greeter").unwrap();
    assert!(!greeter.is_resolved);

    let nodes = [NodeOf::<Greeter, App>::NODE, NodeOf::<String, App>::NODE, NodeOf::<Notes, App>::NODE];
    let known = all().graph().with_nodes(nodes).view();
    assert!(known.vertices().iter().all(|it| it.is_resolved));
    let edges: Vec<_> = known.edges().iter().map(|it| (it.from.as_str(), it.to.as_str())).collect();
    assert_eq!(edges, [("Greeter", "log"), ("salute", "Greeter"), ("saluted", "salute")]);
    let endpoint = known.vertices().iter().find(|it| it.id == "saluted").unwrap();
    assert_eq!(endpoint.route.as_deref(), Some("GET /salute"));
}

#[test]
fn a_principal_that_is_a_parameter_is_one_edge() {
    let view = guarded().graph().view();
    let edges: Vec<_> = view.edges().iter().filter(|it| it.from == "proof").collect();
    let names: Vec<_> = edges.iter().map(|it| (it.to.as_str(), it.name)).collect();
    assert_eq!(names, [("user", Some("user")), ("user", Some("proof"))]);
}

#[tokio::test]
async fn two_routes_for_the_same_requests_are_named() {
    let (app, _) = app().await;
    let twice = exports().merge(exports());
    let panic = std::panic::catch_unwind(AssertUnwindSafe(|| twice.into_router(app))).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("`stream_it`") && message.ends_with("both answer GET /export"), "{message}");
}

// ---- What is asked for in other words

#[get("/only-proof")]
#[require_role(Level::Reader)]
async fn only_proof(proof: Authorized<levels::Reader>) -> String {
    format!("{:?}", proof.level)
}

#[get("/maybe", authenticated = User)]
async fn maybe(user: Option<User>) -> String {
    format!("{:?}", user.map(|user| user.level))
}

// The guard cannot hand its principal to either of them.
#[tokio::test]
async fn a_principal_in_other_words_is_the_one_of_the_guard() {
    fn all() -> Routes<App> {
        routes![only_proof, maybe]
    }
    let (app, log) = app().await;
    let router = all().into_router(app);
    for (path, runs) in [("/only-proof", 1), ("/maybe", 2)] {
        assert_eq!(send(router.clone(), "GET", path, Some("owner")).await.status(), 200);
        assert_eq!(log.authentications.load(Ordering::SeqCst), runs, "{path}");
    }
}

// ---- Resources that nobody must forget

#[derive(Clone)]
pub(crate) struct Lease(Arc<Log>, &'static str);

impl Teardown for Lease {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        if self.1 == "slow" {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.0.add(format!("{}: {outcome:?}", self.1));
        Ok(())
    }
}

#[inject(teardown)]
pub(crate) fn lease(Inject(log): Inject<Arc<Log>>) -> Lease {
    Lease(log, "slow")
}

#[get("/fresh", public)]
async fn fresh_lease(_fresh: Uncached<Lease>, _shared: Lease) {}

#[get("/slow", public)]
async fn slow_and_streamed(_export: Export, _lease: Lease) -> &'static str {
    "body"
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_is_fresh_is_closed_as_well() {
    fn all() -> Routes<App> {
        routes![fresh_lease]
    }
    let (app, log) = paused_app().await;
    assert_eq!(send(all().into_router(app), "GET", "/fresh", None).await.status(), 200);
    assert_eq!(log.lines(), ["slow: Success", "slow: Success"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_during_a_teardown_leaves_nothing_open() {
    fn all() -> Routes<App> {
        routes![slow_and_streamed]
    }
    let (app, log) = paused_app().await;
    let endpoints = all();
    let tasks = endpoints.tasks();
    let request = send(endpoints.into_router(app), "GET", "/slow", None);
    // In the middle of the first teardown.
    assert!(tokio::time::timeout(Duration::from_millis(500), request).await.is_err());
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert_eq!(log.lines(), ["opened", "slow: Success", "closed: Cancelled"]);
}

#[get("/export-and-tell", public)]
async fn export_and_tell(
    _export: Export,
    tasks: BackgroundTasks,
    Inject(log): Inject<Arc<Log>>,
) -> &'static str {
    tasks.add("tell", async move { log.add("told") });
    "body"
}

#[tokio::test]
async fn nothing_is_told_of_a_response_whose_resource_failed() {
    fn all() -> Routes<App> {
        routes![export_and_tell]
    }
    for is_read in [true, false] {
        let (app, log) = app().await;
        log.add("full disk");
        let endpoints = all();
        let tasks = endpoints.tasks();
        let response = send(endpoints.into_router(app), "GET", "/export-and-tell", None).await;
        if is_read {
            assert!(to_bytes(response.into_body(), 100).await.is_err());
        } else {
            drop(response);
        }
        tasks.drain(Duration::from_secs(5)).await.unwrap();
        assert!(!log.lines().iter().any(|line| line == "told"), "{:?}", log.lines());
    }
}
