//! The response as a parameter: headers, cookies and the status, from everywhere in a request.

use std::{convert::Infallible, future::pending};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing,
};
use inject_runtime::{
    BackgroundTasks, HeadSent, HeaderField, Inject, Outcome, Problem, ResponseHeader, ResponseParts, Routes,
    Teardown, get, inject, post, routes, service,
};

use crate::support::{
    App, LONG, Log, bounded, connect, database::ShopError, get as get_path, request, respond, routed, send,
};

const LIMIT: HeaderName = HeaderName::from_static("x-limit");
const TRACE: HeaderName = HeaderName::from_static("x-trace");
const ALWAYS: HeaderName = HeaderName::from_static("x-always");

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().expect("text").to_owned()).collect()
}

fn cookie(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

/// Sets one header for each reach, and a cookie.
#[derive(Clone)]
struct Limited;

#[inject]
fn limit(response: ResponseParts) -> Result<Limited, HeadSent> {
    response.insert_header(TRACE, HeaderValue::from_static("provider"))?;
    response.append_cookie(cookie("provider=1"))?;
    response.on_rejection().insert_header(LIMIT, 41)?;
    response.always().insert_header(ALWAYS, 1)?;
    Ok(Limited)
}

#[service(scope = request)]
struct Visits {
    response: ResponseParts,
}

impl Visits {
    fn count(&self) -> Result<(), HeadSent> {
        self.response.append_cookie(cookie("component=1"))
    }
}

#[get("/all", public)]
async fn all(_: Limited, visits: Visits, response: ResponseParts) -> Result<&'static str, HeadSent> {
    visits.count()?;
    response.append_cookie(cookie("endpoint=1"))?;
    response.set_status(StatusCode::IM_A_TEAPOT)?;
    response.set_status(StatusCode::ACCEPTED)?;
    Ok("all")
}

#[tokio::test]
async fn provider_component_and_endpoint_change_one_response() {
    let (router, _) = routed(routes![all]).await;
    // The memory of an ended request is used again: nothing is left in it.
    for _ in 0..3 {
        let answer = get_path(&router, "/all").await;
        assert_eq!((answer.status, &*answer.body), (StatusCode::ACCEPTED, "all"), "the last status counts");
        assert_eq!(values(&answer.headers, "set-cookie"), ["provider=1", "component=1", "endpoint=1"]);
        assert_eq!(values(&answer.headers, "x-limit"), ["41"]);
        assert_eq!(values(&answer.headers, "x-trace"), ["provider"]);
    }
}

#[get("/own", public)]
async fn own(response: ResponseParts) -> Result<impl IntoResponse, HeadSent> {
    response.insert_header(TRACE, HeaderValue::from_static("second"))?;
    response.append_header(TRACE, HeaderValue::from_static("third"))?;
    response.append_header(header::VARY, HeaderValue::from_static("cookie"))?;
    Ok(([(TRACE, "first"), (header::VARY, "accept")], "own"))
}

#[tokio::test]
async fn inserted_headers_replace_those_of_the_response_and_appended_ones_do_not() {
    let (router, _) = routed(routes![own]).await;
    let answer = get_path(&router, "/own").await;
    assert_eq!(values(&answer.headers, "x-trace"), ["second", "third"]);
    assert_eq!(values(&answer.headers, "vary"), ["accept", "cookie"]);
}

#[derive(Clone)]
struct Refused;

#[inject]
fn refuse(_: Limited) -> Result<Refused, Problem> {
    Err(Problem::new(StatusCode::FORBIDDEN))
}

#[derive(Clone)]
struct Redirected;

#[inject]
fn redirect(response: ResponseParts, _: Limited) -> Result<Redirected, Redirect> {
    // Never over a rejection, not even of a handle that reaches it.
    response.always().set_status(StatusCode::OK).expect("the head is not sent");
    Err(Redirect::to("/login"))
}

#[get("/rejected", public)]
async fn rejected(_: Refused) {}

#[get("/redirected", public)]
async fn redirected(_: Redirected) {}

#[get("/failed", public)]
async fn failed(_: Limited, response: ResponseParts) -> Result<(), Problem> {
    response.set_status(StatusCode::CREATED).expect("the head is not sent");
    Err(Problem::new(StatusCode::CONFLICT))
}

#[get("/panicked", public)]
async fn panicked(_: Limited) {
    panic!("out of cheese")
}

#[tokio::test]
async fn headers_reach_the_responses_that_their_handle_names() {
    let (router, _) = routed(routes![rejected, redirected, failed, panicked]).await;
    for (path, status, trace, limit, always) in [
        ("/failed", StatusCode::CONFLICT, true, true, true),
        ("/rejected", StatusCode::FORBIDDEN, false, true, true),
        ("/redirected", StatusCode::SEE_OTHER, false, true, true),
        ("/panicked", StatusCode::INTERNAL_SERVER_ERROR, false, false, true),
    ] {
        let answer = get_path(&router, path).await;
        assert_eq!(answer.status, status, "{path}");
        for (name, is_there) in
            [("x-trace", trace), ("set-cookie", trace), ("x-limit", limit), ("x-always", always)]
        {
            assert_eq!(answer.headers.contains_key(name), is_there, "{path}: {name}");
        }
    }
}

/// Resource that changes the response when it closes.
#[derive(Clone)]
struct Timed {
    response: ResponseParts,
    log: Log,
    fails: bool,
}

impl Teardown for Timed {
    type Error = Problem;

    async fn teardown(self, outcome: Outcome) -> Result<(), Problem> {
        let written = self.response.append_header(TRACE, HeaderValue::from_static("teardown"));
        self.log.add(format!("{outcome:?} {}", if written.is_ok() { "written" } else { "refused" }));
        self.response.always().insert_header(ALWAYS, 2).ok();
        if self.fails { Err(Problem::new(StatusCode::CONFLICT)) } else { Ok(()) }
    }

    fn problem(error: &Problem) -> Option<Problem> {
        Some(error.clone())
    }
}

#[inject(teardown)]
fn timed(response: ResponseParts, _: Limited, Inject(log): Inject<Log>) -> Timed {
    Timed { response, log, fails: false }
}

#[derive(Clone)]
struct Failing(Timed);

impl Teardown for Failing {
    type Error = Problem;

    async fn teardown(self, outcome: Outcome) -> Result<(), Problem> {
        self.0.teardown(outcome).await
    }

    fn problem(error: &Problem) -> Option<Problem> {
        Some(error.clone())
    }
}

#[inject(teardown)]
fn failing(response: ResponseParts, _: Limited, Inject(log): Inject<Log>) -> Failing {
    Failing(Timed { response, log, fails: true })
}

#[derive(Clone)]
struct Late(Timed);

impl Teardown for Late {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        self.0.teardown(outcome).await.ok();
        Ok(())
    }
}

#[inject(teardown, until = body)]
fn late(response: ResponseParts, Inject(log): Inject<Log>) -> Late {
    Late(Timed { response, log, fails: false })
}

#[get("/timed", public)]
async fn close_in_time(_: Timed) -> &'static str {
    "closed"
}

#[get("/failing", public)]
async fn close_with_an_error(_: Failing) -> &'static str {
    "closed"
}

#[get("/late", public)]
async fn close_late(_: Late) -> &'static str {
    "closed"
}

#[tokio::test]
async fn a_teardown_changes_the_response_until_its_head_is_sent() {
    let (router, log) = routed(routes![close_in_time, close_with_an_error, close_late]).await;
    let answer = get_path(&router, "/timed").await;
    assert_eq!((answer.status, &*answer.body), (StatusCode::OK, "closed"));
    assert_eq!(values(&answer.headers, "x-trace"), ["provider", "teardown"]);
    assert_eq!(log.take(), ["Success written"]);

    // The response of a failed teardown replaces that of the endpoint.
    let answer = get_path(&router, "/failing").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(!answer.headers.contains_key("x-trace"));
    assert_eq!(values(&answer.headers, "x-limit"), ["41"]);
    assert_eq!(values(&answer.headers, "x-always"), ["2"]);
    assert_eq!(log.take(), ["Success written"]);

    let answer = get_path(&router, "/late").await;
    assert!(!answer.headers.contains_key("x-trace"));
    assert_eq!(log.take(), ["Success refused"], "the head has been sent");
}

#[post("/tasks/{status}", public)]
async fn enqueue(
    tasks: BackgroundTasks,
    response: ResponseParts,
    Inject(log): Inject<Log>,
    axum::extract::Path(status): axum::extract::Path<u16>,
) -> &'static str {
    response.set_status(StatusCode::from_u16(status).expect("a status")).expect("the head is not sent");
    tasks.add("task", async move {
        let refused = response.insert_header(TRACE, 1).expect_err("the head is sent");
        log.add(refused.to_string());
    });
    "enqueued"
}

#[tokio::test]
async fn the_outcome_follows_from_the_status_and_a_kept_handle_is_refused() {
    let routes: Routes<App> = routes![enqueue];
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    let answer = send(&router, request("POST", "/tasks/202")).await;
    assert_eq!((answer.status, &*answer.body), (StatusCode::ACCEPTED, "enqueued"));
    tasks.drain(LONG).await.expect("nothing hangs");
    assert_eq!(log.take(), ["the response cannot be changed: its head has been sent"]);

    // A failure drops the tasks.
    assert_eq!(send(&router, request("POST", "/tasks/409")).await.status, StatusCode::CONFLICT);
    tasks.drain(LONG).await.expect("nothing hangs");
    assert!(log.is_empty());
}

#[get("/waiting", public)]
async fn wait(_: Timed, Inject(log): Inject<Log>) {
    log.add("waiting");
    pending::<()>().await;
}

#[tokio::test]
async fn a_client_that_left_gets_no_changes() {
    let (router, log) = routed(routes![wait]).await;
    let mut client = connect(router).await;
    client.send("GET /waiting").await.expect("a connection");
    bounded(log.until("waiting")).await;
    drop(client);
    bounded(log.until("Cancelled refused")).await;
}

async fn plain(_: Limited, response: ResponseParts) -> Result<&'static str, HeadSent> {
    response.set_status(StatusCode::CREATED)?;
    response.append_cookie(cookie("handler=1"))?;
    Ok("plain")
}

#[tokio::test]
async fn plain_handlers_and_endpoints_among_them_change_the_response() {
    let plain = Router::new()
        .route("/plain", routing::get(plain))
        .route("/all", routing::get(all))
        .route("/rejected", routing::get(rejected));
    let (router, _) = routed(plain.into()).await;
    let answer = get_path(&router, "/plain").await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(values(&answer.headers, "set-cookie"), ["provider=1", "handler=1"]);
    let answer = get_path(&router, "/all").await;
    assert_eq!(values(&answer.headers, "set-cookie"), ["provider=1", "component=1", "endpoint=1"]);
    let answer = get_path(&router, "/rejected").await;
    assert_eq!(
        (answer.status, values(&answer.headers, "x-limit")),
        (StatusCode::FORBIDDEN, vec!["41".to_owned()])
    );
    assert!(!answer.headers.contains_key("x-trace"));
}

#[tokio::test]
async fn an_endpoint_mounted_in_a_router_of_axum_changes_its_response() {
    let router =
        Router::new().route("/all", routing::get(all)).with_state(crate::support::app(&Log::default()).await);
    let answer = get_path(&router, "/all").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(values(&answer.headers, "set-cookie"), ["provider=1", "component=1", "endpoint=1"]);
}

#[get("/none", public)]
async fn nothing_to_send(response: ResponseParts, _: Late) -> Result<Response, HeadSent> {
    response.set_status(StatusCode::NO_CONTENT)?;
    Ok(Body::empty().into_response())
}

#[tokio::test]
async fn a_status_without_a_body_closes_what_lives_until_the_body() {
    let (router, log) = routed(routes![nothing_to_send]).await;
    let response = respond(&router, request("GET", "/none")).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(log.take(), ["Success written"], "there is no body to wait for");
    assert_eq!(values(response.headers(), "x-trace"), ["teardown"]);
}

struct Remaining(u32);

impl HeaderField for Remaining {
    const NAME: &'static str = "ratelimit-remaining";
    const DESCRIPTION: &'static str = "Requests that are left.";
    const ON_REJECTION: bool = true;
}

impl From<Remaining> for HeaderValue {
    fn from(Remaining(number): Remaining) -> Self {
        number.into()
    }
}

struct Revision(u32);

impl HeaderField for Revision {
    const NAME: &'static str = "x-revision";
}

impl From<Revision> for HeaderValue {
    fn from(Revision(number): Revision) -> Self {
        number.into()
    }
}

#[derive(Clone)]
struct Counted;

#[inject]
fn count(remaining: ResponseHeader<Remaining>) -> Result<Counted, HeadSent> {
    remaining.set(Remaining(3))?;
    Ok(Counted)
}

#[get("/typed", public)]
async fn typed(_: Counted, revision: ResponseHeader<Revision>) -> Result<&'static str, ShopError> {
    revision.set(Revision(7)).map_err(|_| ShopError::SoldOut)?;
    Ok("typed")
}

#[tokio::test]
async fn typed_headers_are_set_and_described() {
    let routes: Routes<App> = routes![typed];
    let all: Routes<App> = routes![all];
    assert!(all.openapi().undescribed().is_empty(), "{}", all.openapi().undescribed());
    let operation = serde_json::to_value(routes.openapi()).expect("JSON")["paths"]["/typed"]["get"].take();
    let headers = |status: &str| &operation["responses"][status]["headers"];
    assert_eq!(headers("200")["ratelimit-remaining"]["description"], "Requests that are left.");
    assert!(headers("200")["x-revision"].is_object());
    assert_eq!(headers("400")["ratelimit-remaining"]["description"], "Requests that are left.");
    assert!(headers("400")["x-revision"].is_null(), "not on rejections");
    let (router, _) = routed(routes).await;
    let answer = get_path(&router, "/typed").await;
    assert_eq!(values(&answer.headers, "ratelimit-remaining"), ["3"]);
    assert_eq!(values(&answer.headers, "x-revision"), ["7"]);
}
