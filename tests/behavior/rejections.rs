//! Requests that end before their handler, and the answers of such requests.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::Query,
    http::{HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use inject_runtime::{Bearer, Inject, Routes, Unauthorized, get, inject, post, routes};
use serde::Deserialize;

use crate::support::{App, Log, get, request, routed, send};

#[derive(Deserialize)]
struct PageQuery {
    page: u32,
}

#[derive(Clone)]
struct Page(u32);

#[inject]
fn page(Query(query): Query<PageQuery>, Inject(log): Inject<Log>) -> Page {
    log.add("page");
    Page(query.page)
}

#[derive(Clone)]
struct Listing(u32);

#[inject]
fn listing(page: Page, Inject(log): Inject<Log>) -> Listing {
    log.add("listing");
    Listing(page.0 * 10)
}

#[get("/items", public)]
async fn items(listing: Listing, Inject(log): Inject<Log>) -> String {
    log.add("handler");
    listing.0.to_string()
}

#[tokio::test]
async fn a_missing_query_parameter_of_a_provider_is_a_client_error() {
    let (router, log) = routed(routes![items]).await;
    let answer = get(&router, "/items").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("missing field `page`"), "{}", answer.body);
    let answer = get(&router, "/items?page=many").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(log.take(), [""; 0]);
    let answer = get(&router, "/items?page=3").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "30"));
    assert_eq!(log.take(), ["page", "listing", "handler"]);
}

#[derive(Clone)]
struct Child;

/// Error that is a response and not a problem.
struct Refused;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::IM_A_TEAPOT, [("x-pot", "short")], "and stout").into_response()
    }
}

#[inject]
async fn child(Inject(log): Inject<Log>) -> Result<Child, Refused> {
    log.add("child");
    Err(Refused)
}

#[derive(Clone)]
struct Parent;

#[inject]
fn parent(Inject(log): Inject<Log>, _: Child) -> Parent {
    log.add("parent");
    Parent
}

#[derive(Clone)]
struct Sibling;

#[inject]
fn sibling(Inject(log): Inject<Log>) -> Sibling {
    log.add("sibling");
    Sibling
}

#[get("/parent", public)]
async fn of_parent(_: Parent, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[get("/siblings", public)]
async fn of_siblings(_: Sibling, _: Child, _: Parent, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[get("/child-first", public)]
async fn child_first(_: Child, _: Sibling, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[tokio::test]
async fn a_provider_does_not_run_if_one_that_it_needs_rejects() {
    let (router, log) = routed(routes![of_parent]).await;
    assert_eq!(get(&router, "/parent").await.status, StatusCode::IM_A_TEAPOT);
    assert_eq!(log.take(), ["child"]);
}

#[tokio::test]
async fn the_error_of_a_provider_is_the_answer_and_no_later_parameter_is_extracted() {
    let (router, log) = routed(routes![of_siblings, child_first]).await;
    for (path, events) in [("/siblings", &["sibling", "child"][..]), ("/child-first", &["child"])] {
        let answer = get(&router, path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::IM_A_TEAPOT, "and stout"));
        assert_eq!(answer.headers["x-pot"], "short");
        assert_eq!(log.take(), events);
    }
}

#[derive(Clone)]
struct CurrentUser;

#[inject]
fn current_user(bearer: Bearer) -> Result<CurrentUser, Unauthorized> {
    if bearer.token() == "ada" { Ok(CurrentUser) } else { Err(Unauthorized::bearer().error("invalid_token")) }
}

#[derive(Deserialize)]
struct NewItem {
    name: String,
}

#[post("/items", authenticated = CurrentUser)]
async fn add_item(Json(item): Json<NewItem>) -> String {
    item.name
}

#[post("/own-items", authenticated)]
async fn add_own_item(_: CurrentUser, Json(item): Json<NewItem>) -> String {
    item.name
}

#[tokio::test]
async fn an_unauthenticated_request_is_a_401_whatever_its_body_and_the_body_is_not_read() {
    async fn answer(path: &str, token: Option<&str>, content: &'static str) -> (StatusCode, bool) {
        let (router, _) = routed(routes![add_item, add_own_item]).await;
        let polled = Arc::new(AtomicBool::new(false));
        let body = Body::from_stream(stream::poll_fn({
            let (polled, mut content) = (Arc::clone(&polled), Some(content));
            move |_| {
                polled.store(true, Ordering::SeqCst);
                Poll::Ready(content.take().map(|text| Ok::<_, io::Error>(Bytes::from(text))))
            }
        }));
        let mut request = Request::post(path).body(body).expect("a request");
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().expect("a header");
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let answer = send(&router, request).await;
        if answer.status == StatusCode::UNAUTHORIZED {
            answer.assert_problem(StatusCode::UNAUTHORIZED);
            assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
        }
        (answer.status, polled.load(Ordering::SeqCst))
    }
    for path in ["/items", "/own-items"] {
        for content in ["{\"name\"", "{\"nom\": 1}", "", "{\"name\": \"pen\"}"] {
            for token in [None, Some("mallory")] {
                let expected = (StatusCode::UNAUTHORIZED, false);
                assert_eq!(answer(path, token, content).await, expected, "{path} {token:?} {content:?}");
            }
        }
        let ada = Some("ada");
        assert_eq!(answer(path, ada, "{\"name\"").await, (StatusCode::BAD_REQUEST, true));
        assert_eq!(answer(path, ada, "{\"nom\": 1}").await, (StatusCode::UNPROCESSABLE_ENTITY, true));
        assert_eq!(answer(path, ada, "{\"name\": \"pen\"}").await, (StatusCode::OK, true));
    }
}

#[tokio::test]
async fn no_provider_runs_for_an_unknown_path_or_method() {
    let routes: Routes<App> = routes![of_siblings].guard::<Parent>();
    let (router, log) = routed(Routes::new().nest("/api", routes)).await;
    for (method, path, status) in [
        ("GET", "/api/unknown", StatusCode::NOT_FOUND),
        ("GET", "/api", StatusCode::NOT_FOUND),
        ("GET", "/siblings", StatusCode::NOT_FOUND),
        ("POST", "/api/siblings", StatusCode::METHOD_NOT_ALLOWED),
        ("DELETE", "/api/siblings", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        assert_eq!(send(&router, request(method, path)).await.status, status, "{method} {path}");
    }
    assert_eq!(log.take(), [""; 0]);
    get(&router, "/api/siblings").await;
    assert_eq!(log.take(), ["child"], "the guard rejects because its dependency rejects");
}
