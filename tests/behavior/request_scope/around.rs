//! Functions around endpoints.

use std::{
    convert::Infallible,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{
    Router,
    extract::Path,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing,
};
use inject_runtime::{
    HeadSent, Inject, Next, Outcome, Problem, ResponseParts, Routes, Stopping, Teardown, Uncached, around,
    get, inject, post, require_role, routes, service, tx::Tx,
};
use sqlx::Sqlite;

use crate::{
    access::roles::{Level, User, levels},
    support::{
        Answer, App, Log, app, authorized, bounded, connect,
        database::{Database, Shop, ShopError, Store},
        get as get_path, request, routed, send,
    },
};

/// Value of a request, with a number of its own.
#[derive(Clone)]
struct Ticket(usize);

static TICKETS: AtomicUsize = AtomicUsize::new(0);

#[inject]
fn ticket() -> Ticket {
    Ticket(TICKETS.fetch_add(1, Ordering::Relaxed))
}

/// Logs the principal and the status of the response.
#[around]
async fn audited(user: Option<User>, Inject(log): Inject<Log>, next: Next) -> Response {
    let response = next.run().await;
    let level = user.map(|user| format!("{:?}", user.level));
    log.add(format!("audit {} {}", level.as_deref().unwrap_or("anonymous"), response.status().as_u16()));
    response
}

macro_rules! step {
    ($name:ident) => {
        #[around]
        async fn $name(Inject(log): Inject<Log>, next: Next) -> Response {
            log.add(concat!(stringify!($name), " before"));
            let response = next.run().await;
            log.add(concat!(stringify!($name), " after"));
            response
        }
    };
}

step!(first);
step!(second);
step!(third);

#[derive(Clone)]
struct Opened(Log);

impl Teardown for Opened {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        self.0.add(format!("closed: {outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
fn opened(Inject(log): Inject<Log>) -> Opened {
    log.add("opened");
    Opened(log)
}

#[get("/public", public)]
async fn open(Inject(log): Inject<Log>) -> &'static str {
    log.add("endpoint");
    "open"
}

#[get("/user", authenticated = User)]
async fn of_user(user: User) -> String {
    format!("{:?}", user.level)
}

#[get("/role")]
#[require_role(Level::Writer)]
async fn of_role() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[get("/parameter", authenticated)]
async fn of_parameter(user: User) -> String {
    format!("{:?}", user.level)
}

#[tokio::test]
async fn it_sees_the_principal_and_the_response_of_requests_with_access() {
    let routes: Routes<App> = routes![open, of_user, of_role, of_parameter].around::<audited>();
    let (router, log) = routed(routes).await;
    for (path, token, status, events) in [
        ("/public", "", 200, &["endpoint", "audit anonymous 200"][..]),
        // The principal of the policy, of the endpoint and of the around function is one.
        ("/user", "reader", 200, &["authenticate", "audit Reader 200"]),
        ("/role", "owner", 204, &["authenticate", "audit Owner 204"]),
        ("/parameter", "writer", 200, &["authenticate", "audit Writer 200"]),
        ("/user", "", 401, &[]),
        ("/role", "nonsense", 401, &["authenticate"]),
        ("/role", "reader", 403, &["authenticate"]),
        ("/parameter", "", 401, &[]),
    ] {
        let request = if token.is_empty() { request("GET", path) } else { authorized("GET", path, token) };
        assert_eq!(send(&router, request).await.status.as_u16(), status, "{path} {token}");
        assert_eq!(log.take(), events, "{path} {token}");
    }
}

#[get("/nested", public)]
#[around(second, third)]
async fn nested(_: Opened, Inject(log): Inject<Log>) {
    log.add("endpoint");
}

#[around(second)]
#[around(third)]
#[get("/above", public)]
async fn above(_: Opened, Inject(log): Inject<Log>) {
    log.add("endpoint");
}

const NESTED: [&str; 9] = [
    "first before",
    "second before",
    "third before",
    "opened",
    "endpoint",
    "third after",
    "second after",
    "first after",
    "closed: Success",
];

#[tokio::test]
async fn several_nest_in_order_and_the_teardowns_run_after_them() {
    let routes: Routes<App> = routes![nested, above].around::<first>();
    let (router, log) = routed(routes).await;
    for path in ["/nested", "/above"] {
        assert_eq!(get_path(&router, path).await.status, StatusCode::OK);
        assert_eq!(log.take(), NESTED, "{path}");
    }
    // Later ones are outer ones; one function can be around twice.
    let routes: Routes<App> = routes![open].around::<second>().around::<first>().around::<first>();
    let (router, log) = routed(routes).await;
    get_path(&router, "/public").await;
    let expected = [
        "first before",
        "first before",
        "second before",
        "endpoint",
        "second after",
        "first after",
        "first after",
    ];
    assert_eq!(log.take(), expected);
}

#[tokio::test]
async fn merged_and_nested_routes_keep_theirs() {
    let inner: Routes<App> = Routes::new().nest("/api", routes![open].around::<second>()).around::<first>();
    let other: Routes<App> = routes![of_user];
    let routes = Routes::new().nest("/v1", inner).merge(other);
    let table = routes.table();
    let names = |row: usize| table.rows()[row].arounds.iter().map(|around| around.name).collect::<Vec<_>>();
    assert_eq!((names(0), names(1)), (vec!["first", "second"], vec![]));
    let (router, log) = routed(routes).await;
    assert_eq!(get_path(&router, "/v1/api/public").await.body, "open");
    assert_eq!(log.take(), ["first before", "second before", "endpoint", "second after", "first after"]);
    assert_eq!(send(&router, authorized("GET", "/user", "reader")).await.body, "Reader");
    assert_eq!(log.take(), ["authenticate"]);
}

#[around]
async fn numbered(Ticket(number): Ticket, _: Uncached<Ticket>, next: Next) -> Response {
    let mut response = next.run().await;
    response.headers_mut().insert("x-ticket", number.into());
    response
}

#[get("/ticket", public)]
async fn show_ticket(Ticket(number): Ticket) -> String {
    number.to_string()
}

#[tokio::test]
async fn its_values_are_those_of_the_endpoint() {
    let routes: Routes<App> = routes![show_ticket].around::<numbered>().around::<numbered>();
    let (router, _) = routed(routes).await;
    let answer = get_path(&router, "/ticket").await;
    assert_eq!(answer.headers["x-ticket"], *answer.body);
    let next = get_path(&router, "/ticket").await;
    assert_ne!(next.body, answer.body);
    assert_eq!(next.headers["x-ticket"], *next.body);
}

/// Answers on its own, or rejects, as the path says.
#[derive(Clone)]
struct How(String);

#[inject]
fn how(Path(how): Path<String>) -> Result<How, Problem> {
    if how == "rejected" { Err(Problem::new(StatusCode::BAD_REQUEST)) } else { Ok(How(how)) }
}

#[around]
async fn gate(How(how): How, _: Opened, next: Next) -> Result<Response, Problem> {
    match how.as_str() {
        "short" => Ok("short".into_response()),
        "error" => Err(Problem::new(StatusCode::CONFLICT)),
        "dropped" => {
            drop(next);
            Ok(StatusCode::ACCEPTED.into_response())
        }
        "panic" => panic!("out of cheese"),
        "after" => {
            next.run().await;
            Err(Problem::new(StatusCode::BAD_GATEWAY))
        }
        "late panic" => {
            next.run().await;
            panic!("out of cheese")
        }
        _ => Ok(next.run().await),
    }
}

#[get("/gate/{how}", public)]
async fn gated(Path(_): Path<String>, Inject(log): Inject<Log>) -> &'static str {
    log.add("endpoint");
    "endpoint"
}

#[tokio::test]
async fn it_short_circuits_rejects_fails_and_panics() {
    let routes: Routes<App> = routes![gated].around::<gate>().around::<audited>();
    let (router, log) = routed(routes).await;
    for (how, status, events) in [
        ("run", 200, &["opened", "endpoint", "audit anonymous 200", "closed: Success"][..]),
        ("short", 200, &["opened", "audit anonymous 200", "closed: Success"]),
        ("dropped", 202, &["opened", "audit anonymous 202", "closed: Success"]),
        ("error", 409, &["opened", "audit anonymous 409", "closed: Failure(409)"]),
        ("rejected", 400, &["audit anonymous 400"]),
        ("after", 502, &["opened", "endpoint", "audit anonymous 502", "closed: Failure(502)"]),
        ("panic", 500, &["opened", "audit anonymous 500", "closed: Panic"]),
        ("late%20panic", 500, &["opened", "endpoint", "audit anonymous 500", "closed: Panic"]),
    ] {
        let answer = get_path(&router, &format!("/gate/{how}")).await;
        assert_eq!(answer.status.as_u16(), status, "{how}");
        assert_eq!(log.take(), events, "{how}");
    }
}

#[derive(Clone)]
struct Rejecting;

enum Refusal {
    Redirect,
    Payment,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Redirect => Redirect::to("/login").into_response(),
            Self::Payment => StatusCode::PAYMENT_REQUIRED.into_response(),
        }
    }
}

#[inject]
fn reject(_: Opened, Path(how): Path<String>) -> Result<Rejecting, Refusal> {
    match how.as_str() {
        "redirect" => Err(Refusal::Redirect),
        "panic" => panic!("out of cheese"),
        _ => Err(Refusal::Payment),
    }
}

#[get("/inner/{how}", public)]
async fn inner(_: Rejecting) {}

#[around]
async fn forgiving(Path(how): Path<String>, next: Next) -> Response {
    let mut response = next.run().await;
    match how.as_str() {
        "replaced" => StatusCode::OK.into_response(),
        "changed" => {
            *response.status_mut() = StatusCode::IM_A_TEAPOT;
            response
        }
        "panic" => "all is well".into_response(),
        _ => {
            response.headers_mut().insert("x-seen", HeaderValue::from_static("1"));
            response
        }
    }
}

#[tokio::test]
async fn the_response_that_comes_out_is_the_outcome() {
    let routes: Routes<App> = routes![inner].around::<forgiving>();
    let (router, log) = routed(routes).await;
    for (how, status, outcome) in [
        ("kept", 402, "Rejection(402)"),
        // It would be a success otherwise.
        ("redirect", 303, "Rejection(303)"),
        ("replaced", 200, "Success"),
        ("changed", 418, "Failure(418)"),
        // A panic is not forgiven.
        ("panic", 500, "Panic"),
    ] {
        let answer = get_path(&router, &format!("/inner/{how}")).await;
        assert_eq!(answer.status.as_u16(), status, "{how}");
        assert_eq!(log.take(), ["opened".to_owned(), format!("closed: {outcome}")], "{how}");
    }
}

/// Decides about the transaction by the response.
#[around]
async fn deciding(Path((_, decision)): Path<(String, String)>, next: Next) -> Response {
    let response = next.run().await;
    match decision.as_str() {
        "fail" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        "forgive" => StatusCode::ACCEPTED.into_response(),
        _ => response,
    }
}

#[post("/orders/{item}/{decision}", public)]
#[around(deciding)]
async fn order(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Path((item, decision)): Path<(String, String)>,
    Inject(shop): Inject<Shop>,
) -> Result<&'static str, ShopError> {
    shop.order(&mut tx, &item).await?;
    if decision == "forgive" { Err(ShopError::SoldOut) } else { Ok("ordered") }
}

#[tokio::test]
async fn the_outermost_response_decides_between_commit_and_rollback() {
    let database = Database::new(1).await;
    let (router, _) = database.routed(routes![order]).await;
    for (path, status, items) in [
        ("/orders/pen/fail", 503, &[][..]),
        ("/orders/ink/forgive", 202, &["ink"]),
        ("/orders/cap/keep", 200, &["cap", "ink"]),
    ] {
        assert_eq!(send(&router, request("POST", path)).await.status.as_u16(), status);
        assert_eq!(database.items().await, items, "{path}");
    }
    database.assert_clean().await;
}

/// Shares the transaction with the endpoint, through a service.
#[service(scope = request)]
struct Orders {
    #[layering(allow, reason = "a test of the transaction itself")]
    tx: Tx<Sqlite>,
    shop: Inject<Shop>,
}

#[around]
async fn ordering(mut orders: Orders, next: Next) -> Result<Response, ShopError> {
    orders.shop.order(&mut orders.tx, "around").await?;
    drop(orders);
    Ok(next.run().await)
}

#[post("/shared/{status}", public)]
#[around(ordering)]
async fn shared(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Path(status): Path<u16>,
    Inject(shop): Inject<Shop>,
) -> Result<StatusCode, ShopError> {
    shop.order(&mut tx, "endpoint").await?;
    Ok(StatusCode::from_u16(status).expect("a status"))
}

#[tokio::test]
async fn it_writes_in_the_transaction_of_the_endpoint() {
    let database = Database::new(1).await;
    let (router, _) = database.routed(routes![shared]).await;
    assert_eq!(send(&router, request("POST", "/shared/409")).await.status, StatusCode::CONFLICT);
    assert_eq!(database.items().await, [""; 0]);
    assert_eq!(send(&router, request("POST", "/shared/201")).await.status, StatusCode::CREATED);
    assert_eq!(database.items().await, ["around", "endpoint"]);
    database.assert_clean().await;
}

#[around]
async fn impatient(Inject(log): Inject<Log>, next: Next) -> Result<Response, Problem> {
    let response = tokio::time::timeout(Duration::from_millis(20), next.run()).await;
    log.add("gave up");
    response.map_err(|_| Problem::new(StatusCode::GATEWAY_TIMEOUT))
}

/// Logs when the future that holds it is dropped.
struct Dropped(Log);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add("dropped");
    }
}

#[get("/hanging", public)]
async fn hanging(_: Opened, Inject(log): Inject<Log>) {
    let _dropped = Dropped(log.clone());
    log.add("waiting");
    pending::<()>().await;
}

#[tokio::test]
async fn a_rest_that_is_dropped_is_canceled() {
    let routes: Routes<App> = routes![hanging].around::<impatient>();
    let (router, log) = routed(routes).await;
    assert_eq!(get_path(&router, "/hanging").await.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(log.take(), ["opened", "waiting", "dropped", "gave up", "closed: Failure(504)"]);
}

#[around]
async fn dawdling(_: Opened, Inject(log): Inject<Log>, next: Next) -> Response {
    let response = next.run().await;
    log.add("dawdling");
    pending::<()>().await;
    response
}

#[tokio::test]
async fn a_client_leaves_within_and_after_the_rest() {
    let within: Routes<App> = routes![hanging].around::<first>();
    let after: Routes<App> = routes![open].around::<dawdling>();
    let (router, log) = routed(within.merge(after)).await;
    for (path, event) in [("/hanging", "waiting"), ("/public", "dawdling")] {
        let mut client = connect(router.clone()).await;
        client.send(&format!("GET {path}")).await.expect("a connection");
        bounded(log.until(event)).await;
        drop(client);
        bounded(log.until("closed: Cancelled")).await;
        assert_eq!(log.count("first after"), 0);
        log.take();
    }
}

const TRACE: HeaderName = HeaderName::from_static("x-trace");

#[around]
async fn tracing(response: ResponseParts, next: Next) -> Result<Response, HeadSent> {
    response.on_rejection().append_header(TRACE, HeaderValue::from_static("before"))?;
    let answer = next.run().await;
    let status = answer.status().as_u16();
    response.append_header(TRACE, HeaderValue::from(status))?;
    Ok(answer)
}

#[get("/created", public)]
#[around(tracing)]
async fn created(response: ResponseParts) -> Result<&'static str, HeadSent> {
    response.set_status(StatusCode::CREATED)?;
    Ok("created")
}

#[around]
async fn overruling(next: Next) -> Response {
    let mut response = next.run().await;
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    response
}

#[tokio::test]
async fn it_sees_the_status_that_is_set_and_has_the_last_word() {
    let routes: Routes<App> = Routes::new()
        .merge(routes![created])
        .nest("/overruled", routes![created].around::<overruling>())
        .nest("/inner", routes![inner].around::<tracing>());
    let (router, _) = routed(routes).await;
    let trace = |answer: &Answer| {
        let values = answer.headers.get_all("x-trace").iter();
        values.map(|value| value.to_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    let answer = get_path(&router, "/created").await;
    assert_eq!((answer.status, trace(&answer)), (StatusCode::CREATED, vec!["before".into(), "201".into()]));
    assert_eq!(get_path(&router, "/overruled/created").await.status, StatusCode::PARTIAL_CONTENT);
    let answer = get_path(&router, "/inner/inner/kept").await;
    assert_eq!((answer.status.as_u16(), trace(&answer)), (402, vec!["before".into()]));
}

async fn plain(Ticket(number): Ticket, _: Opened) -> String {
    number.to_string()
}

async fn plain_panic() {
    panic!("out of cheese")
}

#[tokio::test]
async fn it_is_around_plain_handlers() {
    let plain = Router::new()
        .route("/plain", routing::get(plain))
        .route("/panic", routing::get(plain_panic))
        .route("/inner/{how}", routing::get(inner))
        .route("/hanging", routing::get(hanging));
    let routes: Routes<App> = Routes::from(plain).guard::<User>().around::<numbered>().around::<audited>();
    let table = routes.table();
    let names: Vec<_> = table.plain_routers()[0].arounds.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["audited", "numbered"]);
    let routes = routes.around::<impatient>();
    let (router, log) = routed(routes).await;
    assert_eq!(get_path(&router, "/plain").await.status, StatusCode::UNAUTHORIZED);
    assert!(log.is_empty(), "the guard is outside");

    let answer = send(&router, authorized("GET", "/plain", "owner")).await;
    assert_eq!(answer.headers["x-ticket"], *answer.body);
    assert_eq!(log.take(), ["authenticate", "opened", "audit Owner 200", "gave up", "closed: Success"]);

    assert_eq!(send(&router, authorized("GET", "/panic", "owner")).await.status.as_u16(), 500);
    assert_eq!(log.take(), ["authenticate", "audit Owner 500", "gave up"]);

    assert_eq!(send(&router, authorized("GET", "/inner/redirect", "owner")).await.status.as_u16(), 303);
    let events = ["authenticate", "opened", "audit Owner 303", "gave up", "closed: Rejection(303)"];
    assert_eq!(log.take(), events);

    assert_eq!(send(&router, authorized("GET", "/hanging", "owner")).await.status.as_u16(), 504);
    log.until("closed: Cancelled").await;
    assert_eq!(log.count("dropped"), 1);
}

#[tokio::test]
async fn an_endpoint_takes_its_own_along_into_a_router_of_axum() {
    let log = Log::default();
    let router = Router::new().route("/nested", routing::get(nested)).with_state(app(&log).await);
    assert_eq!(get_path(&router, "/nested").await.status, StatusCode::OK);
    assert_eq!(log.take(), NESTED[1..7].iter().chain(&["closed: Success"]).copied().collect::<Vec<_>>());
}

#[around]
async fn body_reader(stopping: Stopping, next: Next<'_>) -> impl IntoResponse {
    assert!(!stopping.is_stopping());
    next.run().await
}

type Rest<'a> = Next<'a>;

#[around]
async fn aliased(_: Ticket, rest: Rest<'_>) -> Response {
    rest.run().await
}

#[post("/echo", public)]
async fn echo(body: String) -> String {
    body
}

#[tokio::test]
async fn the_body_stays_for_the_endpoint() {
    let routes: Routes<App> = routes![echo].around::<body_reader>().around::<aliased>();
    let (router, _) = routed(routes).await;
    let request = axum::http::Request::post("/echo").body("hello".into()).expect("a request");
    assert_eq!(send(&router, request).await.body, "hello");
}

#[tokio::test]
async fn overrides_apply_to_it() {
    let routes: Routes<App> = routes![show_ticket].around::<numbered>();
    let (router, _) = routed(routes.override_provider(|_| Ticket(1_000_000))).await;
    let answer = get_path(&router, "/ticket").await;
    assert_eq!((&*answer.body, answer.headers["x-ticket"].to_str().expect("text")), ("1000000", "1000000"));
}

#[around]
async fn only_owners(
    _: inject_runtime::Authorized<levels::Owner>,
    next: Next,
) -> Result<Response, ShopError> {
    Ok(next.run().await)
}

#[get("/books/{book}", public)]
#[around(only_owners)]
async fn books(Path(_): Path<u32>) -> &'static str {
    "books"
}

#[test]
fn the_table_the_graph_and_the_document_show_it() {
    let routes: Routes<App> = routes![books, open].around::<audited>();
    let table = routes.table();
    assert_eq!(
        table.to_string(),
        "\
METHOD  PATH           HANDLER  POLICY  AROUND                INJECTS
GET     /books/{book}  books    public  audited, only_owners
GET     /public        open     public  audited               Log
"
        .replace("HANDLER  POLICY", "HANDLER  GUARDS  POLICY")
        .replace("books    public", "books            public")
        .replace("open     public", "open             public"),
    );
    let row = &table.rows()[0];
    assert_eq!(row.arounds[1].name, "only_owners");
    assert!(row.arounds[1].location.to_string().contains("around.rs:"));
    assert_eq!(row.checks.len(), 1, "the proof of the around function is a check of the endpoint");
    let json: serde_json::Value = serde_json::from_str(&table.to_json()).expect("JSON");
    assert_eq!(json["routes"][0]["arounds"], serde_json::json!(["audited", "only_owners"]));

    let view = routes.graph().view();
    let edges: Vec<_> = view.edges().iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    for edge in [
        ("books", "audited"),
        ("books", "only_owners"),
        ("open", "audited"),
        ("audited", "user"),
        ("audited", "log"),
        ("only_owners", "user"),
    ] {
        assert!(edges.contains(&edge), "{edge:?} in {edges:?}");
    }

    let document = serde_json::to_value(routes.openapi()).expect("JSON");
    let operation = &document["paths"]["/books/{book}"]["get"];
    assert!(operation["responses"]["400"].is_object(), "the error of the around function");
    assert!(operation["responses"]["403"].is_object(), "its proof");
    assert!(!operation["security"].as_array().expect("security").is_empty());
}

#[around]
async fn of_shop(Path(shop): Path<u32>, next: Next) -> Response {
    let mut response = next.run().await;
    response.headers_mut().insert("x-shop", shop.into());
    response
}

#[tokio::test]
async fn what_it_reads_from_the_path_is_checked() {
    let routes: Routes<App> = routes![open].around::<of_shop>();
    let app = app(&Log::default()).await;
    let refused = catch_unwind(AssertUnwindSafe(|| routes.into_router(app)));
    let message = *refused.expect_err("refused").downcast::<String>().expect("a message");
    assert!(message.contains("around function `of_shop` at"), "{message}");
    let routes: Routes<App> = Routes::new().nest("/{shop}", routes![open]).around::<of_shop>();
    let (router, _) = routed(routes).await;
    assert_eq!(get_path(&router, "/7/public").await.headers["x-shop"], "7");
}

#[test]
fn an_around_function_around_nothing_is_refused() {
    let message = catch_unwind(|| Routes::<Store>::new().around::<impatient>()).expect_err("refused");
    let message = message.downcast_ref::<&str>().copied().expect("a message");
    assert!(
        message.starts_with("`around` applies to the routes added before it, and there are none"),
        "{message}"
    );
}

#[tokio::test]
async fn it_is_a_function_for_unit_tests() {
    let log = Log::default();
    let response = first(Inject(log.clone()), Next::new(async { StatusCode::CREATED.into_response() })).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(log.take(), ["first before", "first after"]);
}
