//! Valid requests with random changes: no response is a 5xx, none reveals how the application is built, and the log
//! contains no secrets.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::ConnectInfo,
    http::{HeaderValue, Method, Uri},
};
use learning_platform::{
    api::routes::endpoints,
    config::{LogFormat, LogSettings},
    core::{logging, security::UserRole},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    on_each_database,
    support::{Database, TestApp, TestResponse},
};

/// Number of requests to each database.
const REQUESTS: u32 = 3_000;

/// Seed of the random numbers, so that each run sends the same requests.
const SEED: u64 = 11;

const PASSWORD: &str = "a horse, a battery";

/// Values of parameters, headers and members of a body.
const TEXTS: [&str; 24] = [
    "",
    " ",
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "1e400",
    "NaN",
    "true",
    "null",
    "' or 1=1 --",
    "\"; drop table users; --",
    "%",
    "_",
    "\\",
    "../../../etc/passwd",
    "{{7*7}}",
    "${jndi:ldap://127.0.0.1/a}",
    "<script>alert(1)</script>",
    "a\u{0}b",
    "\r\nset-cookie: a=b",
    "\u{202e}\u{feff}",
    "🦀",
    "١٢٣",
];

/// Segments of paths.
const SEGMENTS: [&str; 16] = [
    "",
    ".",
    "..",
    "%2e%2e",
    "%2f",
    "%5c",
    "%00",
    "%ff",
    "%",
    "-1",
    "0",
    "99999999999999999999",
    "me",
    "%F0%9F%A6%80",
    "a;b=c",
    "*",
];

const METHODS: [Method; 6] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

const CONTENT_TYPES: [&str; 7] = [
    "",
    "text/plain",
    "application/xml",
    "application/json; charset=utf-16",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/problem+json",
];

const HEADERS: [(&str, &str); 14] = [
    ("accept", "*/*;q=2"),
    ("accept-encoding", "gzip;q=x, br"),
    ("accept-language", "%"),
    ("api-version", "2"),
    ("api-version", "-1"),
    ("authorization", "Bearer"),
    ("authorization", "Basic Og=="),
    ("content-encoding", "gzip"),
    ("content-length", "18446744073709551616"),
    ("cookie", "a=b; $Version=1"),
    ("host", "a/b@c:d"),
    ("range", "bytes=9-1"),
    ("x-forwarded-for", "::, unknown"),
    ("x-request-id", "a\tb"),
];

/// Log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Request to mutate.
struct Draft {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    content_type: String,
    body: Body,
    headers: Vec<(&'static str, &'static str)>,
}

enum Body {
    Json(Value),
    Bytes(Vec<u8>),
}

/// Source of mutations.
struct Mutations(StdRng);

impl Mutations {
    fn choose<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.0.random_range(0..items.len())]
    }

    fn text(&mut self) -> String {
        if self.0.random_ratio(1, 16) { "x".repeat(20_000) } else { (*self.choose(&TEXTS)).to_owned() }
    }

    fn value(&mut self) -> Value {
        match self.0.random_range(0..8) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(self.0.random::<i64>()),
            3 => json!(-0.5),
            4 => json!([]),
            5 => json!({ "a": {} }),
            6 => (0..100).fold(json!(1), |inner, _| json!([inner])),
            _ => json!(self.text()),
        }
    }

    /// Changes a request in one place.
    fn mutate(&mut self, draft: &mut Draft) {
        match self.0.random_range(0..9) {
            0 => {
                let mut segments: Vec<&str> = draft.path.split('/').collect();
                let index = self.0.random_range(1..segments.len());
                if self.0.random() {
                    segments[index] = *self.choose(&SEGMENTS);
                } else {
                    segments.insert(index, *self.choose(&SEGMENTS));
                }
                draft.path = segments.join("/");
            }
            1 | 2 => {
                let names = [
                    "limit",
                    "offset",
                    "search",
                    "sort",
                    "role",
                    "grade_level",
                    "active",
                    "author_id",
                    "published",
                    "q",
                    "x",
                ];
                let (name, value) = (*self.choose(&names), self.text());
                draft.query.push((name, value));
            }
            3 => draft.headers.push(*self.choose(&HEADERS)),
            4 => (*self.choose(&CONTENT_TYPES)).clone_into(&mut draft.content_type),
            5 => self.choose(&METHODS).clone_into(&mut draft.method),
            6 => {
                let mut bytes = draft.body.bytes();
                bytes.truncate(self.0.random_range(0..=bytes.len()));
                bytes.extend((0..self.0.random_range(0..9)).map(|_| self.0.random::<u8>()));
                draft.body = Body::Bytes(bytes);
            }
            _ => {
                let value = self.value();
                match &mut draft.body {
                    Body::Json(Value::Object(members)) if !members.is_empty() => {
                        let index = self.0.random_range(0..=members.len());
                        let name = members.keys().nth(index).cloned();
                        members.insert(name.unwrap_or_else(|| "unknown".to_owned()), value);
                    }
                    body => *body = Body::Json(value),
                }
            }
        }
    }
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(value) => value.to_string().into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

impl Draft {
    fn uri(&self) -> Option<Uri> {
        let query: Vec<_> =
            self.query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{separator}{}", self.path, query.join("&")).parse().ok()
    }
}

/// Encodes the bytes that a URI cannot contain.
fn encode(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || byte == b'%' {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(byte).collect()
}

/// Returns a valid body for an operation.
fn valid_body(method: &str, path: &str) -> Value {
    match (method, path.trim_start_matches("/api/v1").trim_start_matches("/api/v2")) {
        ("POST", "/auth/register") => {
            json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD, "grade_level": 7 })
        }
        ("POST", "/auth/login") => json!({ "email": "ada@example.org", "password": PASSWORD }),
        ("POST", "/auth/refresh" | "/auth/logout") => json!({ "refresh_token": "x".repeat(43) }),
        ("POST" | "PUT" | "PATCH", "/chapters" | "/chapters/{id}") => {
            json!({ "title": "Tides", "summary": "Why the sea comes and goes.", "body": "The moon pulls.", "grade_level": 7 })
        }
        ("PUT", "/chapters/{id}/progress") => json!({ "percent": 60 }),
        ("POST", "/chat" | "/chat/answers") => json!({ "question": "What pulls at the sea?" }),
        ("PATCH", "/users/me") => json!({ "name": "Ada", "grade_level": 8 }),
        ("PUT", "/users/{id}/role") => json!({ "role": "student" }),
        _ => json!({}),
    }
}

/// Asserts that a response is no 5xx and that a problem reveals nothing about the program.
fn check(answer: &TestResponse, details: &str) {
    let text = answer.text();
    assert!(answer.status.as_u16() < 500, "{} {}: {text}\n{details}", answer.request, answer.status);
    if answer.status.as_u16() < 400 {
        return;
    }
    assert_eq!(
        answer.headers["content-type"], "application/problem+json",
        "{}: {text}\n{details}",
        answer.request
    );
    let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
    for internal in [
        "::", "sqlx", "SQLITE", "SELECT ", "INSERT ", "UPDATE ", "users.", "src/", ".rs", "/tmp", "panicked",
        "serde",
    ] {
        assert!(!text.contains(internal), "{internal:?} is in {text}\n{details}");
    }
    // A lower case letter before an upper case letter: the name of a type.
    let is_type = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    assert!(!detail.as_bytes().windows(2).any(is_type), "a type is in {text}\n{details}");
}

on_each_database! {
    async fn mutated_requests_fail_cleanly(db: Database) {
        let app = TestApp::new(&db).await;
        let (admin, teacher, student) =
            (app.create_user(UserRole::Admin).await, app.create_user(UserRole::Teacher).await, app.create_user(UserRole::Student).await);
        let target = app.create_user(UserRole::Student).await;
        let draft = json!({ "title": "Tides", "summary": "Why.", "body": "The moon pulls at the sea.", "grade_level": 7 });
        let chapter = app.post("/api/v1/chapters").token(&teacher.token).json(draft).await.expect(201)["id"].clone();
        let tokens = [None, Some(&*admin.token), Some(&*teacher.token), Some(&*student.token)];

        let log = Log::default();
        let settings = LogSettings { format: LogFormat::Json, filter: "debug".to_owned() };
        let guard = tracing::subscriber::set_default(logging::subscriber(&settings, log.clone(), false));
        let table = endpoints().table();
        let mut mutations = Mutations(StdRng::seed_from_u64(SEED));
        let (mut sent, mut statuses) = (0, std::collections::BTreeMap::<u16, u32>::new());
        while sent < REQUESTS {
            let row = mutations.choose(table.rows());
            let id = if row.path.contains("/users/") { target.id.to_string() } else { chapter.to_string() };
            let mut draft = Draft {
                method: row.method.parse().expect("a method"),
                path: row.path.replace("{id}", &id),
                query: Vec::new(),
                content_type: "application/json".to_owned(),
                body: Body::Json(valid_body(row.method, &row.path)),
                headers: Vec::new(),
            };
            for _ in 0..mutations.0.random_range(1..4) {
                mutations.mutate(&mut draft);
            }
            // A URI that cannot be written does not get to the application.
            let Some(uri) = draft.uri() else { continue };
            sent += 1;
            // Each request has its own address, so that the rate limits do not answer for the endpoints.
            let client = SocketAddr::from((Ipv4Addr::from_bits(sent), 50_000));
            let mut request = app
                .request(draft.method.clone(), &uri.to_string())
                .extension(ConnectInfo(client))
                .body(&draft.content_type, draft.body.bytes());
            if let Some(token) = mutations.choose(&tokens) {
                request = request.token(token);
            }
            for (name, value) in &draft.headers {
                request = request.header_value(name, HeaderValue::from_static(value));
            }
            let answer = request.await;
            let body = String::from_utf8_lossy(&draft.body.bytes()).chars().take(300).collect::<String>();
            check(&answer, &format!("{}, {:?}, {body}", draft.content_type, draft.headers));
            *statuses.entry(answer.status.as_u16()).or_default() += 1;
        }
        drop(guard);

        for status in [200, 400, 401, 403, 404, 405, 415, 422] {
            assert!(statuses.get(&status).is_some_and(|count| *count >= 10), "{status} is rare: {statuses:?}");
        }
        let text = String::from_utf8(log.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("text");
        assert!(text.lines().count() > REQUESTS as usize, "the log is empty");
        for secret in [PASSWORD, "$argon2id$", &admin.token, &teacher.token, &student.token] {
            assert!(!text.contains(secret), "{secret:?} is in the log");
        }
    }
}
