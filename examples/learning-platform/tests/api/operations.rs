//! Tests of the middleware, the log and the health checks.

use std::{
    convert::Infallible,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::Method,
    response::{Sse, sse::Event},
    routing::{get, post},
};
use futures_util::stream;
use garde::Validate;
use learning_platform::{
    api::extract::Json,
    config::{LogFormat, LogSettings, Settings, Sources},
    core::{logging, security::UserRole},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

/// Returns the database with changed settings.
fn with_settings(db: &Database, change: impl FnOnce(&mut Settings)) -> Database {
    let mut settings = Settings::clone(&db.settings);
    change(&mut settings);
    Database { settings: Arc::new(settings), ..db.clone() }
}

/// Creates the application with additional routes for these tests.
async fn with_routes(db: &Database, routes: Router<Arc<learning_platform::app::App>>) -> TestApp {
    TestApp::with_routes(db, |builder| builder, |all| all.merge(routes)).await
}

#[derive(Deserialize, Validate)]
struct Note {
    #[garde(length(max = 5000))]
    text: String,
}

on_each_database! {
    async fn the_health_checks_report_the_state_of_the_database(db: Database) {
        let app = TestApp::new(&db).await;
        app.get("/health").await.expect(204);
        app.get("/ready").await.expect(204);
        // A closed pool behaves like an unavailable database.
        db.pool.close().await;
        app.get("/health").await.expect(204);
        app.get("/ready").await.problem(503);
    }

    async fn a_request_has_an_id(db: Database) {
        let app = TestApp::new(&db).await;
        let known = app.get("/health").header("x-request-id", "from-the.proxy_1").await;
        assert_eq!(known.header("x-request-id"), "from-the.proxy_1");

        let first = app.get("/health").await.header("x-request-id").to_owned();
        let second = app.get("/nothing/here").await.header("x-request-id").to_owned();
        assert!(first.len() == 36 && second.len() == 36 && first != second, "{first} {second}");

        // The id is written to the log, so values that could forge log lines are replaced.
        for invalid in ["", "a b", "a\"b", "é", &"a".repeat(65)] {
            let answer = app.get("/health").header("x-request-id", invalid).await;
            assert_eq!(answer.header("x-request-id").len(), 36, "{invalid:?}");
        }
    }

    async fn a_response_contains_the_process_time(db: Database) {
        let app = TestApp::new(&db).await;
        for path in ["/ready", "/nothing/here"] {
            let seconds: f64 = app.get(path).await.header("x-process-time").parse().expect("a number");
            assert!((0.0..30.0).contains(&seconds), "{seconds}");
        }
    }

    async fn cross_origin_requests_of_configured_origins_are_allowed(db: Database) {
        let db = with_settings(&db, |settings| settings.server.cors_origins = vec!["https://app.example.org".to_owned()]);
        let app = TestApp::new(&db).await;
        let preflight = |origin| {
            app.request(Method::OPTIONS, "/api/v1/auth/login")
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization,content-type,api-version")
        };
        let answer = preflight("https://app.example.org").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.org");
        assert!(answer.header("access-control-allow-headers").contains("authorization"));
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        let answer = app.get("/health").header("origin", "https://app.example.org").await;
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.org");
        assert!(answer.header("access-control-expose-headers").contains("x-request-id"));

        for origin in ["https://evil.example.org", "null", "http://app.example.org"] {
            let answer = preflight(origin).await;
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
        }
    }

    async fn responses_are_compressed_if_the_client_accepts_it(db: Database) {
        let app = TestApp::new(&db).await;
        let answer = app.get("/api/openapi.json").header("accept-encoding", "gzip").await;
        assert_eq!(answer.header("content-encoding"), "gzip");
        assert_eq!(&answer.body[..2], [0x1f, 0x8b], "the magic number of gzip");
        let plain = app.get("/api/openapi.json").await;
        assert!(!plain.headers.contains_key("content-encoding"));
        assert!(answer.body.len() < plain.body.len() / 2);
    }

    async fn a_request_that_exceeds_the_timeout_is_answered_with_503(db: Database) {
        let db = with_settings(&db, |settings| settings.server.timeout = Duration::from_millis(20));
        let app = with_routes(&db, Router::new().route("/slow", get(std::future::pending::<()>))).await;
        let problem = app.get("/slow").await.problem(503);
        assert_eq!(problem["detail"], "the request took too long, try again later");
    }

    /// The timeout does not apply to a stream, and its events are sent without a delay.
    async fn streams_are_neither_cut_nor_compressed(db: Database) {
        let limit = Duration::from_millis(20);
        let db = with_settings(&db, |settings| settings.server.timeout = limit);
        let events = move || async move {
            let later = stream::once(async move {
                tokio::time::sleep(limit * 5).await;
                Ok::<_, Infallible>(Event::default().data("x".repeat(5000)))
            });
            Sse::new(later)
        };
        let app = with_routes(&db, Router::new().route("/events", get(events))).await;
        let answer = app.get("/events").header("accept-encoding", "gzip").await;
        assert_eq!(answer.status, 200);
        assert!(!answer.headers.contains_key("content-encoding"));
        assert!(answer.text().starts_with("data: xxxx"), "{}", answer.text());
    }

    async fn the_size_of_a_body_is_limited(db: Database) {
        let db = with_settings(&db, |settings| settings.server.body_limit = 1024);
        let app = with_routes(
            &db,
            Router::new().route("/notes", post(async |Json(note): Json<Note>| note.text.len().to_string())),
        ).await;
        let note = |length| json!({ "text": "x".repeat(length) });
        assert_eq!(app.post("/notes").json(note(900)).await.text(), "900");
        app.post("/notes").json(note(2000)).await.problem(413);
        // Without a `Content-Length`, the received bytes are counted.
        let pieces = stream::iter((0..2000).map(|_| Ok::<_, io::Error>("[")));
        app.post("/notes").body("application/json", Body::from_stream(pieces)).await.problem(413);
    }

    /// serde would also deserialize a struct from a list.
    async fn a_body_must_be_an_object(db: Database) {
        let app = with_routes(
            &db,
            Router::new().route("/notes", post(async |Json(note): Json<Note>| note.text)),
        ).await;
        for invalid in [json!(["text"]), json!([]), json!("text"), json!(7), Value::Null] {
            let problem = app.post("/notes").json(invalid).await.problem(422);
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("expected an object")), "{problem}");
        }
        app.post("/notes").body("application/json", "{").await.problem(400);
        app.post("/notes").body("text/plain", "{}").await.problem(415);
    }

    async fn unknown_paths_and_methods_are_answered_with_problems(db: Database) {
        let app = TestApp::new(&db).await;
        app.get("/").await.problem(404);
        app.get("/api/v1/nothing").await.problem(404);
        let answer = app.delete("/api/v1/auth/login").await;
        assert_eq!(answer.header("allow"), "POST");
        answer.problem(405);
    }
}

/// Writer that keeps the log in memory, one JSON object per line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn read(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        text.lines().map(|line| serde_json::from_str(line).expect("a line is a JSON object")).collect()
    }
}

on_each_database! {
    async fn every_log_line_contains_the_request_and_the_user(db: Database) {
        let lines = Lines::default();
        let settings = LogSettings { format: LogFormat::Json, filter: "info,sqlx=off".to_owned() };
        let app = with_routes(&db, Router::new().route("/line", get(async || tracing::warn!("a line")))).await;
        let teacher = app.create_user(UserRole::Teacher).await;
        let log = tracing::subscriber::set_default(logging::subscriber(&settings, lines.clone(), false));
        app.get("/api/v1/users/me?secret=hunter2").token(&teacher.token).header("x-request-id", "first").await.expect(200);
        app.get("/line").header("x-request-id", "second").await.expect(200);
        app.get("/nothing/here").header("x-request-id", "third").await.problem(404);
        drop(log);

        let lines = lines.read();
        let lines_of = |id: &str| -> Vec<&Value> {
            let has_id = |line: &&Value| line["spans"][0]["id"] == id;
            lines.iter().filter(has_id).collect()
        };
        assert_eq!(lines_of("first").len() + lines_of("second").len() + lines_of("third").len(), lines.len(), "{lines:#?}");

        let completed = lines_of("first")[0];
        assert_eq!(completed["message"], "request completed");
        assert_eq!(completed["status"], 200);
        assert!(completed["latency_ms"].is_f64());
        let request = &completed["spans"][0];
        assert_eq!((&request["method"], &request["route"]), (&json!("GET"), &json!("/api/v1/users/me")));
        assert_eq!(request["user"], teacher.id);
        assert!(!format!("{lines:?}").contains("hunter2"), "a query may contain secrets");

        let [line, completed] = *lines_of("second") else { panic!("{lines:#?}") };
        assert_eq!((&line["message"], &completed["message"]), (&json!("a line"), &json!("request completed")));
        assert!(line["spans"][0]["user"].is_null());
        assert_eq!(lines_of("third").last().expect("a line")["status"], 404);
        assert_eq!(lines_of("third")[0]["spans"][0]["path"], "/nothing/here");
    }
}

/// Checks that each variable in `.env.example`, set or commented out, is a setting.
#[test]
fn the_example_environment_is_up_to_date() {
    let example = include_str!("../../.env.example");
    let mut sources = Sources::default();
    let mut names = Vec::new();
    for line in example.lines() {
        let line = line.trim_start_matches("# ");
        let Some((name, value)) = line.split_once('=') else { continue };
        if !name.starts_with("PLATFORM_") {
            continue;
        }
        // Variables without a value are secrets.
        sources.set(
            name,
            if value.is_empty() { "a secret that is longer than the minimum length" } else { value },
        );
        names.push(name);
    }
    assert!(names.len() > 5, "{names:?}");
    let settings = Settings::load(&sources);
    assert!(settings.is_ok(), "{}", settings.err().map(|error| error.to_string()).unwrap_or_default());
}
