//! What a document leaves out.

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, RawQuery, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing,
};
use inject_runtime::{
    Inject, Routes, container, get, inject,
    openapi::{OperationDraft, OperationInput, UndescribedPart},
    route, routes, service,
};

#[container]
struct App {}

/// Extractor and response without a description.
struct Silent;

impl<S: Sync> FromRequestParts<S> for Silent {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl IntoResponse for Silent {
    fn into_response(self) -> Response {
        StatusCode::OK.into_response()
    }
}

/// Returns the parts that the document of `routes` leaves out: operation and part.
fn parts(routes: &Routes<App>) -> Vec<(String, String)> {
    let document = routes.openapi();
    let part = |part: &UndescribedPart| (part.operations.join(", "), part.what.clone());
    document.undescribed().iter().map(part).collect()
}

macro_rules! parts {
    ($($endpoint:ident)*) => {{
        fn routes() -> Routes<App> {
            routes![$($endpoint),*]
        }
        let parts = parts(&routes());
        parts.into_iter().map(|(_, what)| what).collect::<Vec<_>>()
    }};
}

#[service]
struct Clock;

#[test]
fn a_complete_document_leaves_nothing_out() {
    #[derive(Clone)]
    struct Now;

    #[inject]
    fn now(Inject(_clock): Inject<Clock>) -> Now {
        Now
    }

    #[get("/{id}", public)]
    async fn complete(Path(_): Path<i64>, _: Inject<Clock>, _: Now, _: Option<Now>) -> &'static str {
        "complete"
    }

    #[get("/nothing", public)]
    async fn nothing() {}

    assert_eq!(parts![complete nothing], Vec::<String>::new());
}

#[test]
fn parameters_without_a_description_are_reported() {
    #[derive(serde::Deserialize)]
    struct Unknown {}

    #[get("/{id}", public)]
    async fn endpoint(
        _: Silent,
        _: HeaderMap,
        _: RawQuery,
        Path(_): Path<Unknown>,
        _: Result<Silent, std::convert::Infallible>,
        Json(_): Json<Unknown>,
    ) {
    }

    assert_eq!(
        parts![endpoint],
        ["Silent", "HeaderMap", "RawQuery", "Unknown", "Result<Silent, Infallible>", "Json<Unknown>"]
    );
}

#[test]
fn parameters_of_providers_are_reported_at_the_provider() {
    #[derive(Clone)]
    struct Tenant;

    #[inject]
    async fn tenant(_headers: HeaderMap) -> Result<Tenant, Silent> {
        Ok(Tenant)
    }

    #[get("/a", public)]
    async fn a(_: Tenant) {}

    #[get("/b", public)]
    async fn b(_: Tenant) {}

    fn routes() -> Routes<App> {
        routes![a, b]
    }
    let both = "GET /a, GET /b".to_owned();
    assert_eq!(parts(&routes()), [(both.clone(), "HeaderMap".to_owned()), (both, "Silent".to_owned())]);
    let document = routes().openapi();
    assert!(document.undescribed()[0].location.file.ends_with("undescribed.rs"));
    let text = document.undescribed().to_string();
    assert!(text.starts_with("GET /a and 1 more ("), "{text}");
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn responses_without_a_description_are_reported() {
    #[get("/a", public)]
    async fn silent() -> Silent {
        Silent
    }

    #[get("/b", public)]
    async fn response() -> Response {
        Silent.into_response()
    }

    #[get("/c", public)]
    async fn unnamed() -> impl IntoResponse {
        Silent
    }

    #[get("/d", public)]
    async fn result() -> Result<Silent, std::convert::Infallible> {
        Ok(Silent)
    }

    #[get("/e", public)]
    async fn status() -> (StatusCode, &'static str) {
        (StatusCode::CREATED, "made")
    }

    assert_eq!(parts![silent], ["Silent"]);
    assert_eq!(parts![response], ["Response<Body>"]);
    assert_eq!(parts![unnamed], ["Silent"]);
    assert_eq!(parts![result], ["Silent"]);
    assert_eq!(parts![status], ["(StatusCode, &str)"]);
}

#[test]
fn errors_without_a_description_are_reported() {
    #[get("/", public)]
    async fn endpoint() -> Result<&'static str, Silent> {
        Ok("")
    }

    #[get("/", public)]
    async fn of_axum() -> axum::response::Result<&'static str> {
        Ok("")
    }

    assert_eq!(parts![endpoint], ["Silent"]);
    assert_eq!(parts![of_axum], ["ErrorResponse"]);
}

#[test]
fn routes_that_are_not_known_are_reported() {
    #[route(CONNECT, "/tunnel", public)]
    async fn tunnel() {}

    fn routes() -> Routes<App> {
        routes![tunnel]
    }
    let plain = || Router::new().route("/plain", routing::get(async |_: State<std::sync::Arc<App>>| ()));
    let routes = routes().merge(plain()).nest("/inner", Routes::new().merge(plain()));
    let expected = [("CONNECT /tunnel", "tunnel"), ("/*, /inner/*", "Router")];
    assert_eq!(parts(&routes), expected.map(|(operation, what)| (operation.to_owned(), what.to_owned())));
}

#[test]
fn a_hidden_endpoint_is_not_reported() {
    #[get("/", public, hidden)]
    async fn hidden(_: Silent) {}

    assert_eq!(parts![hidden], Vec::<String>::new());
}

#[test]
fn a_principal_without_credentials_is_reported() {
    #[derive(Clone)]
    struct User;

    impl inject_runtime::RequiresCredentials for User {}

    #[inject]
    fn user(_: Described) -> User {
        User
    }

    #[get("/", authenticated = User)]
    async fn me() {}

    let parts = parts![me];
    assert_eq!(parts.len(), 1, "{parts:?}");
    assert!(parts[0].contains("User"), "{parts:?}");
}

/// Extractor that describes itself, and no credentials.
struct Described;

impl<S: Sync> FromRequestParts<S> for Described {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl OperationInput for Described {
    fn operation_input(_: &mut OperationDraft) {}
}
