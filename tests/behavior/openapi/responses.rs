//! Responses of operations.

use std::{borrow::Cow, collections::HashMap, convert::Infallible};

use axum::{
    Extension, Json,
    body::Bytes,
    extract::ws::WebSocketUpgrade,
    http::{StatusCode, header},
    response::{
        Html, IntoResponse, NoContent, Redirect, Response, Sse,
        sse::{Event, KeepAliveStream},
    },
};
use futures_util::{Stream, stream};
use inject_runtime::{
    Problem, ProblemKind, Routes, ToProblem, container, get, inject,
    openapi::{OperationDraft, OperationOutput},
    routes,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoResponses, ToSchema};

use super::support::{document, keys, only};

#[container]
struct App {}

#[derive(Clone, Serialize, ToSchema)]
struct Book {
    title: String,
}

#[derive(Serialize, ToSchema)]
struct Page<T> {
    items: Vec<T>,
}

fn dune() -> Book {
    Book { title: "Dune".into() }
}

macro_rules! responses {
    ($endpoint:ident) => {{
        fn routes() -> Routes<App> {
            routes![$endpoint]
        }
        only(&routes())["responses"].clone()
    }};
}

/// Returns the responses of an endpoint that returns `$ty`.
macro_rules! answer {
    ($ty:ty, $value:expr) => {{
        #[get("/", public)]
        async fn endpoint() -> $ty {
            $value
        }
        responses!(endpoint)
    }};
}

fn content(media_type: &str, schema: &Value) -> Value {
    json!({ media_type: { "schema": schema } })
}

fn book() -> Value {
    json!({ "$ref": "#/components/schemas/Book" })
}

#[test]
fn response_types_of_axum_have_their_status_and_media_type() {
    let ok = |content: &Value| json!({ "200": { "description": "OK", "content": content } });
    let text = ok(&content("text/plain; charset=utf-8", &json!({ "type": "string" })));
    assert_eq!(answer!(&'static str, "ok"), text);
    assert_eq!(answer!(String, String::new()), text);
    assert_eq!(answer!(Cow<'static, str>, "ok".into()), text);
    assert_eq!(answer!(Json<Book>, Json(dune())), ok(&content("application/json", &book())));
    let html = ok(&content("text/html; charset=utf-8", &json!({ "type": "string" })));
    assert_eq!(answer!(Html<String>, Html(String::new())), html);
    let binary = json!({ "type": "string", "format": "binary" });
    assert_eq!(answer!(Bytes, Bytes::new()), ok(&content("application/octet-stream", &binary)));
    assert_eq!(answer!((), ()), json!({ "200": { "description": "OK" } }));
    assert_eq!(answer!(NoContent, NoContent), json!({ "204": { "description": "No Content" } }));
    let see_other = answer!(Redirect, Redirect::to("/"));
    assert_eq!(keys(&see_other), ["303", "307", "308"]);
    assert_eq!(keys(&see_other["303"]["headers"]), ["Location"]);
}

#[test]
fn server_sent_events_are_an_event_stream() {
    type Events = stream::Empty<Result<Event, Infallible>>;

    #[get("/", public)]
    async fn named() -> Sse<KeepAliveStream<Events>> {
        Sse::new(stream::empty()).keep_alive(axum::response::sse::KeepAlive::new())
    }

    #[get("/", public)]
    async fn unnamed() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        Sse::new(stream::empty())
    }

    for responses in [responses!(named), responses!(unnamed)] {
        assert_eq!(keys(&responses["200"]["content"]), ["text/event-stream"]);
    }
}

#[test]
fn collections_refer_to_the_schema_of_their_items() {
    let schema = |responses: Value| responses["200"]["content"]["application/json"]["schema"].clone();
    assert_eq!(
        schema(answer!(Json<Vec<Book>>, Json(vec![dune()]))),
        json!({ "type": "array", "items": book() })
    );
    assert_eq!(schema(answer!(Json<Option<Book>>, Json(None)))["oneOf"][1], book());
    let map = schema(answer!(Json<HashMap<String, Book>>, Json(HashMap::new())));
    assert_eq!(map["additionalProperties"], book());
}

#[test]
fn the_schema_of_a_generic_type_has_its_arguments_in_the_name() {
    #[get("/", public)]
    async fn page() -> Json<Page<Book>> {
        Json(Page { items: vec![dune()] })
    }

    fn routes() -> Routes<App> {
        routes![page]
    }
    let document = document(&routes());
    assert_eq!(keys(&document["components"]["schemas"]), ["Book", "Page_Book"]);
}

#[test]
fn a_status_that_is_set_at_run_time_is_any_status() {
    let responses = answer!((StatusCode, Json<Book>), (StatusCode::CREATED, Json(dune())));
    assert_eq!(keys(&responses), ["2XX", "default"]);
    assert_eq!(responses["2XX"]["content"], content("application/json", &book()));
    assert_eq!(responses["default"]["content"], content("application/json", &book()));
    let responses = answer!(
        (StatusCode, [(header::HeaderName, &'static str); 1], Json<Book>),
        (StatusCode::CREATED, [(header::LOCATION, "/")], Json(dune()))
    );
    assert_eq!(responses["default"]["content"], content("application/json", &book()));
    let responses = answer!(([(&'static str, &'static str); 1], Json<Book>), ([("x-a", "b")], Json(dune())));
    assert_eq!(keys(&responses), ["200"]);
    let failure = answer!(Result<Json<Book>, (StatusCode, String)>, Ok(Json(dune())));
    assert_eq!(keys(&failure), ["200", "default"]);
}

#[test]
fn the_last_element_of_a_tuple_is_the_response() {
    let responses = answer!((Extension<u8>, Json<Book>), (Extension(7), Json(dune())));
    assert_eq!(responses["200"]["content"], content("application/json", &book()));
    let responses = answer!(
        Result<(Extension<u8>, [(&'static str, &'static str); 1], Json<Book>), OrderError>,
        Ok((Extension(7), [("x-a", "b")], Json(dune())))
    );
    assert_eq!(responses["200"]["content"], content("application/json", &book()));
    assert_eq!(responses["410"]["description"], "The shop is closed.");
}

#[test]
fn a_result_in_a_result_has_the_responses_of_both() {
    let responses = answer!(Result<Result<Json<Book>, NoBasket>, OrderError>, Ok(Ok(Json(dune()))));
    assert_eq!(keys(&responses), ["200", "402", "404", "410", "412", "429", "500"]);
}

#[test]
fn an_upgrade_switches_protocols() {
    #[get("/", public)]
    async fn chat(upgrade: WebSocketUpgrade) -> Response {
        upgrade.on_upgrade(|_| async {})
    }

    fn routes() -> Routes<App> {
        routes![chat]
    }
    assert_eq!(keys(&responses!(chat)), ["101", "400", "426"]);
    assert_eq!(responses!(chat)["101"], json!({ "description": "Switching Protocols" }));
    assert!(routes().openapi().undescribed().is_empty());
}

#[test]
fn an_endpoint_that_lists_its_errors_has_no_others() {
    #[get("/", public, errors(Closed, Payment))]
    async fn closed() -> Answer<Json<Book>> {
        Err(OrderError::Closed)
    }

    assert_eq!(keys(&responses!(closed)), ["200", "402", "410"]);
}

#[test]
fn a_provider_that_lists_its_errors_has_no_others() {
    #[derive(Clone)]
    struct Open;

    #[inject(errors(Closed))]
    fn open() -> Result<Open, OrderError> {
        Err(OrderError::Closed)
    }

    #[get("/", public)]
    async fn show(_: Open) {}

    assert_eq!(keys(&responses!(show)), ["200", "410"]);
}

#[tokio::test]
async fn an_error_that_is_not_listed_is_sent_nevertheless() {
    #[get("/", public, errors(Closed))]
    async fn many() -> Answer<()> {
        Err(OrderError::Many)
    }

    fn routes() -> Routes<App> {
        routes![many]
    }
    let app = App::builder().build().await.expect("an app");
    let request = axum::extract::Request::new(axum::body::Body::empty());
    let response = tower::ServiceExt::oneshot(routes().into_router(app), request).await.expect("a response");
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn a_response_type_that_cannot_be_named_is_any_response() {
    #[get("/", public)]
    async fn unnamed() -> Result<impl IntoResponse, OrderError> {
        Err::<(), _>(OrderError::Closed)
    }

    let responses = responses!(unnamed);
    assert_eq!(responses["2XX"], json!({ "description": "The request succeeded" }));
    assert_eq!(responses["default"], json!({ "description": "The response" }));
    assert_eq!(responses["410"]["description"], "The shop is closed.");
}

/// Response type without a description.
struct Silent;

impl IntoResponse for Silent {
    fn into_response(self) -> Response {
        StatusCode::IM_A_TEAPOT.into_response()
    }
}

#[test]
fn a_response_type_without_a_description_is_any_response() {
    let default = json!({ "description": "The response" });
    let any = json!({ "2XX": { "description": "The request succeeded" }, "default": default });
    assert_eq!(answer!(Silent, Silent), any);
    assert_eq!(answer!(Response, Silent.into_response()), any);
    assert_eq!(answer!(StatusCode, StatusCode::OK), any);
    assert_eq!(answer!(Result<Silent, Silent>, Ok(Silent)), any);
}

/// Response type that utoipa describes.
#[derive(IntoResponses)]
#[response(status = 202, description = "It will be done.")]
struct Accepted;

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        StatusCode::ACCEPTED.into_response()
    }
}

impl OperationOutput for Accepted {
    fn operation_output(operation: &mut OperationDraft) {
        operation.responses_of::<Self>();
    }
}

#[test]
fn a_custom_response_type_can_use_the_description_of_utoipa() {
    assert_eq!(answer!(Accepted, Accepted), json!({ "202": { "description": "It will be done." } }));
}

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    /// There is no such order.
    #[error("there is no order {0}")]
    #[problem(status = 404, detail)]
    UnknownOrder(u64),
    /// There is no such book, in
    /// two lines.
    #[error("there is no book")]
    #[problem(status = NOT_FOUND, type = "https://example.org/book")]
    UnknownBook,
    /// The shop is closed.
    #[error("closed")]
    #[problem(status = 410)]
    Closed,
    #[error("too many")]
    #[problem(status = 429, detail = "later")]
    Many,
    #[error("broken")]
    Broken,
    #[error(transparent)]
    #[problem(transparent)]
    Payment(#[from] PaymentError),
}

/// Error whose problem is written by hand.
#[derive(Debug, thiserror::Error)]
#[error("not paid")]
struct PaymentError;

impl ToProblem for PaymentError {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::PAYMENT_REQUIRED)
    }

    fn kinds() -> Vec<ProblemKind> {
        vec![ProblemKind::new(StatusCode::PAYMENT_REQUIRED).with_title("Not paid")]
    }
}

type Answer<T> = Result<T, OrderError>;

#[get("/", public)]
async fn order() -> Answer<Json<Book>> {
    for id in 0..3 {
        match id {
            3 => return Err(OrderError::UnknownOrder(id)),
            4 => return Err(OrderError::UnknownBook),
            5 => return Err(OrderError::Many),
            6 => return Err(OrderError::Broken),
            7 => return Err(PaymentError.into()),
            _ => {}
        }
    }
    Ok(Json(dune()))
}

#[test]
fn the_kinds_of_an_error_are_responses() {
    let responses = responses!(order);
    assert_eq!(keys(&responses), ["200", "402", "404", "410", "429", "500"]);
    let problem = content("application/problem+json", &json!({ "$ref": "#/components/schemas/Problem" }));
    assert_eq!(responses["410"], json!({ "description": "The shop is closed.", "content": problem }));
    let description =
        |status: &str| responses[status]["description"].as_str().expect("a description").to_owned();
    assert_eq!(description("402"), "Not paid");
    assert_eq!(description("429"), "later");
    assert_eq!(description("500"), "Internal Server Error");
}

#[test]
fn problems_of_one_status_are_one_response() {
    assert_eq!(
        responses!(order)["404"]["description"],
        "- There is no such order.\n- `https://example.org/book`: There is no such book, in two lines."
    );
}

#[test]
fn the_schema_of_a_problem_has_the_members_that_are_sent() {
    fn routes() -> Routes<App> {
        routes![order]
    }
    let document = document(&routes());
    let schema = &document["components"]["schemas"]["Problem"];
    let problem = Problem::new(StatusCode::CONFLICT)
        .with_type_uri("https://example.org")
        .with_detail("in use")
        .with_instance("https://example.org/7");
    let sent = serde_json::to_value(problem).expect("JSON");
    assert_eq!(keys(&schema["properties"]), keys(&sent));
    assert_eq!(schema["required"], json!(["status"]));
    assert_ne!(schema["additionalProperties"], false);
}

#[derive(Clone)]
struct Basket;

#[derive(Debug, thiserror::Error, Problem)]
#[error("there is no basket")]
#[problem(status = 412)]
struct NoBasket;

#[inject]
async fn basket() -> Result<Basket, NoBasket> {
    Err(NoBasket)
}

#[derive(Clone)]
struct Filled;

mod alias {
    pub(super) type Result<T> = std::result::Result<T, super::NoBasket>;
}

#[inject]
async fn filled(_basket: Basket) -> alias::Result<Filled> {
    Ok(Filled)
}

#[test]
fn rejections_of_providers_at_any_depth_are_responses() {
    #[get("/", public)]
    async fn show(_: Filled) {}

    assert_eq!(keys(&responses!(show)), ["200", "412"]);
}
