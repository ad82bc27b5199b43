//! An application, requests and responses, and a log of events.

pub(crate) mod client;
pub(crate) mod database;

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

use self::client::Client;

/// Limit for every wait: longer than anything in these tests takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Events in the order in which they happened.
#[in_layer(Common)]
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Adds an event. Returns how often it had happened before.
    pub(crate) fn add(&self, event: impl Into<String>) -> usize {
        let event = event.into();
        let mut events = self.lock();
        let before = events.iter().filter(|earlier| **earlier == event).count();
        events.push(event);
        before
    }

    /// Removes and returns all events.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Returns how often an event has happened.
    pub(crate) fn count(&self, event: &str) -> usize {
        self.lock().iter().filter(|happened| *happened == event).count()
    }

    /// Waits for an event.
    pub(crate) async fn until(&self, event: &str) {
        until(|| self.count(event) > 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Application with a log and nothing else.
#[container]
pub(crate) struct App {
    #[input]
    pub(crate) log: Log,
}

pub(crate) async fn app(log: &Log) -> Arc<App> {
    App::builder(AppInputs { log: log.clone() }).build().await.expect("nothing fails")
}

/// Returns the routes as a router over a new application, and the log of that application.
pub(crate) async fn routed(routes: Routes<App>) -> (Router, Log) {
    let log = Log::default();
    (routes.into_router(app(&log).await), log)
}

/// Response with its whole body.
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

    /// Asserts that the answer is a problem of this status without any detail.
    pub(crate) fn assert_problem(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let body: serde_json::Value = serde_json::from_str(&self.body).expect("JSON");
        let title = status.canonical_reason().expect("a known status");
        assert_eq!(body, serde_json::json!({ "title": title, "status": status.as_u16() }));
    }
}

/// Returns a request without a body.
pub(crate) fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")
}

/// Returns a request with a bearer token.
pub(crate) fn authorized(method: &str, path: &str, token: &str) -> Request<Body> {
    let mut request = request(method, path);
    let value = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert(header::AUTHORIZATION, value);
    request
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    Answer::of(respond(router, request).await).await
}

/// Returns the response as soon as its head is there.
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

/// Serves the router on a socket until the test ends.
async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Polls a condition for which there is no notification.
pub(crate) async fn until(mut condition: impl FnMut() -> bool) {
    let poll = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    bounded(poll).await;
}

/// Waits for a future, at most [`LONG`].
pub(crate) async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONG, future).await.expect("done in time")
}
