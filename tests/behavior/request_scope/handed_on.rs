//! Handlers that send their request, or a copy of its parts, into another router.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Request},
    http::{Extensions, header, request::Parts},
    response::Response,
    routing,
};
use inject_runtime::{RequestScopeLayer, Routes, Tasks, get, post, routes};
use tower::ServiceExt as _;

use crate::{
    access::roles::User,
    support::{Answer, App, Log, app, authorized, send},
};

#[get("/inner", authenticated)]
async fn inner(user: User) -> String {
    format!("{:?}", user.level)
}

/// Asks for the principal twice, so that the request has a scope.
#[get("/inner-shared", authenticated = User)]
async fn inner_shared(first: Twice, user: User) -> String {
    format!("{:?} {:?}", first.0.level, user.level)
}

struct Twice(User);

impl FromRequestParts<Arc<App>> for Twice {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        User::from_request_parts(parts, app).await.map(Self)
    }
}

async fn plain_inner(user: User, _: Twice) -> String {
    format!("{:?}", user.level)
}

/// A router for the other request.
#[derive(Clone)]
struct Inner(Router);

impl FromRequestParts<Arc<App>> for Inner {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let routes: Routes<App> = routes![inner, inner_shared];
        let plain = Router::new()
            .route("/inner-plain", routing::get(plain_inner))
            .route("/inner-handler", routing::get(inner_shared))
            .with_state(Arc::clone(app));
        let scoped =
            Router::new().route("/inner-scoped", routing::get(plain_inner)).with_state(Arc::clone(app));
        let scoped = scoped.layer(RequestScopeLayer::new(Tasks::default()));
        Ok(Self(routes.into_router(Arc::clone(app)).merge(plain).merge(scoped)))
    }
}

const PATHS: [&str; 5] = ["/inner", "/inner-shared", "/inner-plain", "/inner-handler", "/inner-scoped"];

/// Sends the parts into the other router, for somebody else. Returns the answers.
async fn forward(inner: &Router, extensions: &(dyn Fn() -> Extensions + Sync)) -> String {
    let mut answers = Vec::new();
    for path in PATHS {
        let mut request = Request::builder().uri(path).header(header::AUTHORIZATION, "Bearer reader");
        request.extensions_mut().expect("extensions").extend(extensions());
        let request = request.body(Body::empty()).expect("a request");
        let answer = Answer::of(inner.clone().oneshot(request).await.expect("infallible")).await;
        answers.push(answer.body);
    }
    answers.join(", ")
}

/// Keeps the outer principal in the scope, for whoever finds it.
#[get("/parts", authenticated = User)]
async fn parts(_: Twice, _: User, Inner(inner): Inner, parts: Parts) -> String {
    forward(&inner, &|| parts.extensions.clone()).await
}

#[get("/extensions", authenticated = User)]
async fn extensions(_: Twice, _: User, Inner(inner): Inner, extensions: Extensions) -> String {
    forward(&inner, &|| extensions.clone()).await
}

#[post("/whole/{path}", authenticated = User)]
async fn whole(_: Twice, _: User, Inner(inner): Inner, request: Request) -> String {
    let path = format!("/{}", request.uri().path().trim_start_matches("/whole/"));
    let (mut parts, body) = request.into_parts();
    parts.method = axum::http::Method::GET;
    parts.uri = path.parse().expect("a path");
    parts.headers.insert(header::AUTHORIZATION, "Bearer reader".parse().expect("a value"));
    let response = inner.oneshot(Request::from_parts(parts, body)).await.expect("infallible");
    Answer::of(response).await.body
}

const EXPECTED: [&str; 5] = ["Reader", "Reader Reader", "Reader", "Reader Reader", "Reader"];

#[tokio::test]
async fn a_request_made_of_copied_parts_finds_no_value_of_the_request_they_are_of() {
    let log = Log::default();
    let routes: Routes<App> = routes![parts, extensions];
    let router = routes.into_router(app(&log).await);
    for path in ["/parts", "/extensions"] {
        let answer = send(&router, authorized("GET", path, "owner")).await;
        assert_eq!(answer.body, EXPECTED.join(", "), "{path}");
    }
}

#[tokio::test]
async fn a_request_that_an_endpoint_sends_on_finds_no_value_of_its_scope() {
    let routes: Routes<App> = routes![whole];
    let router = routes.into_router(app(&Log::default()).await);
    for (path, expected) in PATHS.into_iter().zip(EXPECTED) {
        let answer = send(&router, authorized("POST", &format!("/whole{path}"), "owner")).await;
        assert_eq!(answer.body, expected, "{path}");
    }
}
