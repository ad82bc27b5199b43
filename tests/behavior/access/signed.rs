//! Bodies that are their own credentials: a webhook with a signature over the raw bytes.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::DefaultBodyLimit,
    http::{Request, StatusCode, header, request::Parts},
};
use futures_util::stream;
use hmac::{Hmac, KeyInit as _, Mac as _};
use inject_runtime::{
    AuthScheme, Inject, Routes, SignatureVerifier, Signed, Unauthorized, inject, post, routes, service,
};
use serde::Deserialize;
use sha2::Sha256;

use crate::support::{Answer, App, Log, authorized, routed, send};

const SECRET: &[u8] = b"known to the sender";

#[derive(Debug, PartialEq)]
struct Sender(String);

/// Verifies `X-Signature: <name of the sender>.<HMAC of the body in hexadecimal>`.
#[service]
struct Webhooks {
    log: Log,
}

impl SignatureVerifier for Webhooks {
    type Sender = Sender;
    type Rejection = Unauthorized;

    const SCHEME: AuthScheme = AuthScheme::header("X-Signature");

    async fn verify(&self, parts: &Parts, body: &[u8]) -> Result<Sender, Unauthorized> {
        self.log.add(format!("verify {} bytes", body.len()));
        let invalid = || Unauthorized::of_scheme(Self::SCHEME);
        let value = Self::SCHEME.value(parts)?;
        let (sender, signature) = value.split_once('.').ok_or_else(invalid)?;
        if mac(sender, body) == signature { Ok(Sender(sender.to_owned())) } else { Err(invalid()) }
    }
}

fn mac(sender: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("any length");
    mac.update(sender.as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[derive(Deserialize)]
struct Event {
    name: String,
}

#[post("/events", authenticated)]
async fn events(Inject(log): Inject<Log>, signed: Signed<Webhooks, Json<Event>>) -> String {
    log.add("handler");
    let Signed { sender: Sender(sender), body: Json(event) } = signed;
    format!("{sender}: {}", event.name)
}

#[post("/raw", authenticated)]
async fn raw(Signed { body, .. }: Signed<Webhooks>) -> Bytes {
    body
}

fn all() -> Routes<App> {
    routes![events, raw]
}

fn post_with(path: &str, signature: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let request = signature.into_iter().fold(request, |request, value| request.header("x-signature", value));
    request.body(body.into()).expect("a request")
}

async fn send_signed(router: &Router, path: &str, body: &'static str) -> Answer {
    let signature = format!("hub.{}", mac("hub", body.as_bytes()));
    send(router, post_with(path, Some(&signature), body)).await
}

#[tokio::test]
async fn a_verified_body_is_parsed_and_another_is_a_401() {
    let (router, log) = routed(all()).await;
    let answer = send_signed(&router, "/events", r#"{"name":"push"}"#).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "hub: push"));
    assert_eq!(log.take(), ["verify 15 bytes", "handler"]);
    // The bytes count, not their meaning.
    let signature = format!("hub.{}", mac("hub", br#"{"name":"push"}"#));
    for (body, signature) in [
        (r#"{"name": "push"}"#, signature.as_str()),
        (r#"{"name":"push"}"#, &signature.replace("hub", "bub")),
        (r#"{"name":"push"}"#, &signature[..20]),
        (r#"{"name":"push"}"#, "hub"),
        ("", &signature),
        ("not JSON", &signature),
    ] {
        let answer = send(&router, post_with("/events", Some(signature), body)).await;
        answer.assert_problem(StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "ApiKey");
    }
    assert_eq!(log.count("handler"), 0);
    // After the signature, the body is as good as its format.
    assert_eq!(send_signed(&router, "/events", "not JSON").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send_signed(&router, "/events", "{}").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send_signed(&router, "/raw", "not JSON").await.body, "not JSON");
}

/// Returns a body, and whether it was read.
fn watched() -> (Body, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let body = Body::from_stream(stream::poll_fn({
        let read = Arc::clone(&read);
        move |_| {
            read.store(true, Ordering::SeqCst);
            Poll::Ready(None::<Result<Bytes, Infallible>>)
        }
    }));
    (body, read)
}

#[tokio::test]
async fn a_request_without_a_signature_is_rejected_before_its_body_is_read() {
    let (router, log) = routed(all()).await;
    let (body, read) = watched();
    send(&router, post_with("/raw", None, body)).await.assert_problem(StatusCode::UNAUTHORIZED);
    assert!(!read.load(Ordering::SeqCst));
    assert_eq!(log.take(), [""; 0]);
}

#[derive(Clone)]
struct Guard;

#[inject]
fn guard(_: inject_runtime::Bearer, Inject(log): Inject<Log>) -> Guard {
    log.add("guard");
    Guard
}

#[tokio::test]
async fn a_guard_comes_before_the_signature() {
    let (router, log) = routed(all().guard::<Guard>()).await;
    let (body, read) = watched();
    send(&router, post_with("/raw", Some("hub.x"), body)).await.assert_problem(StatusCode::UNAUTHORIZED);
    assert!(!read.load(Ordering::SeqCst));
    let (body, read) = watched();
    let mut request = authorized("POST", "/raw", "token");
    request.headers_mut().insert("x-signature", "hub.x".parse().expect("a header"));
    *request.body_mut() = body;
    send(&router, request).await.assert_problem(StatusCode::UNAUTHORIZED);
    assert!(read.load(Ordering::SeqCst));
    assert_eq!(log.take(), ["guard", "verify 0 bytes"]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413_and_is_not_verified() {
    let limit = |bytes| all().layer(DefaultBodyLimit::max(bytes));
    let (router, log) = routed(limit(14)).await;
    let answer = send_signed(&router, "/events", r#"{"name":"push"}"#).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(log.take(), [""; 0]);
    let (router, _) = routed(limit(15)).await;
    assert_eq!(send_signed(&router, "/events", r#"{"name":"push"}"#).await.status, StatusCode::OK);
    // The limit without a layer is axum's: 2 MB.
    let (router, log) = routed(all()).await;
    let body = vec![b'x'; 2_097_153];
    let signature = format!("hub.{}", mac("hub", &body));
    let answer = send(&router, post_with("/raw", Some(&signature), body)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_document_has_the_signature_and_the_body() {
    let document = serde_json::to_value(all().openapi()).expect("a document");
    let raw = &document["paths"]["/raw"]["post"];
    assert_eq!(raw["security"], serde_json::json!([{ "X-Signature": [] }]));
    assert!(raw["requestBody"]["content"]["application/octet-stream"].is_object());
    for status in ["401", "413"] {
        assert!(raw["responses"][status].is_object(), "{status}");
    }
}

#[test]
fn the_table_has_the_signature_as_the_policy() {
    let table = all().table();
    let policies: Vec<_> = table.rows().iter().map(|row| row.policy.to_string()).collect();
    assert_eq!(policies, ["authenticated: Signed<Webhooks, Json<Event>>", "authenticated: Signed<Webhooks>"]);
}
