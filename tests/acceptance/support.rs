//! What all tests have in common: an application, requests and responses, and a log of what happened.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use inject_runtime::{Routes, container, in_layer, layer::Common};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::client::Client;

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// What happened, in order.
#[in_layer(Common)]
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Adds an event, and says how often it had happened before.
    pub(crate) fn add(&self, event: impl Into<String>) -> usize {
        let event = event.into();
        let mut events = self.lock();
        let before = events.iter().filter(|it| **it == event).count();
        events.push(event);
        before
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    pub(crate) fn has(&self, event: &str) -> bool {
        self.lock().iter().any(|it| it == event)
    }

    /// Waits for an event.
    pub(crate) async fn until(&self, event: &str) {
        until(|| self.has(event)).await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An application that can only remember what happened to it.
#[container]
pub(crate) struct App {
    #[input]
    pub(crate) log: Log,
}

pub(crate) async fn app(log: &Log) -> Arc<App> {
    App::builder(AppInputs { log: log.clone() }).build().await.expect("nothing fails")
}

/// The routes as a router, and what happens behind it.
pub(crate) async fn routed(routes: Routes<App>) -> (Router, Log) {
    let log = Log::default();
    (routes.into_router(app(&log).await), log)
}

/// A response, read to its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 16).await.expect("a short body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        Self { status: head.status, headers: head.headers, body }
    }

    /// Asserts that it is problem details that say nothing but the status.
    pub(crate) fn assert_problem(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let body: serde_json::Value = serde_json::from_str(&self.body).expect("JSON");
        let title = status.canonical_reason().expect("a known status");
        assert_eq!(body, serde_json::json!({ "title": title, "status": status.as_u16() }));
    }
}

/// A request without a body.
pub(crate) fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")
}

/// A request with a bearer token.
pub(crate) fn authorized(method: &str, path: &str, token: &str) -> Request<Body> {
    let mut request = request(method, path);
    let value = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert(header::AUTHORIZATION, value);
    request
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    Answer::of(respond(router, request).await).await
}

/// The response, as soon as its head is there.
pub(crate) async fn respond(router: &Router, request: Request<Body>) -> Response {
    let response = tokio::time::timeout(LONG, router.clone().oneshot(request)).await;
    response.expect("a response in time").expect("infallible")
}

pub(crate) async fn get(router: &Router, path: &str) -> Answer {
    send(router, request("GET", path)).await
}

/// Serves the router on a socket, and connects to it.
pub(crate) async fn connect(router: Router) -> Client {
    Client::connect(serve(router).await).await.expect("a connection")
}

/// Serves the router on a socket, until the test is over.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Waits for something that nobody announces.
pub(crate) async fn until(mut condition: impl FnMut() -> bool) {
    let poll = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    bounded(poll).await;
}

/// Waits, but not for ever.
pub(crate) async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONG, future).await.expect("it happens in the end")
}
