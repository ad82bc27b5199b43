//! What is around the endpoints: middleware, the log, health, the start and the end.

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

/// The same database, with other settings.
fn with(db: &Database, change: impl FnOnce(&mut Settings)) -> Database {
    let mut settings = Settings::clone(&db.settings);
    change(&mut settings);
    Database { settings: Arc::new(settings), ..db.clone() }
}

/// The application, with routes for these tests beside its own.
async fn beside(db: &Database, routes: Router<Arc<learning_platform::app::App>>) -> TestApp {
    TestApp::over(db, |builder| builder, |all| all.merge(routes)).await
}

#[derive(Deserialize, Validate)]
struct Note {
    #[garde(length(max = 5000))]
    text: String,
}

on_each_database! {
    async fn it_is_alive_and_ready(db: Database) {
        let app = TestApp::new(&db).await;
        app.get("/health").await.expect(204);
        app.get("/ready").await.expect(204);
        // As it is when the database is gone.
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

        // It is written to the log: nobody is to write something else there.
        for strange in ["", "a b", "a\"b", "é", &"a".repeat(65)] {
            let answer = app.get("/health").header("x-request-id", strange).await;
            assert_eq!(answer.header("x-request-id").len(), 36, "{strange:?}");
        }
    }

    async fn it_says_how_long_it_took(db: Database) {
        let app = TestApp::new(&db).await;
        for path in ["/ready", "/nothing/here"] {
            let seconds: f64 = app.get(path).await.header("x-process-time").parse().expect("a number");
            assert!((0.0..30.0).contains(&seconds), "{seconds}");
        }
    }

    async fn pages_of_known_origins_may_call(db: Database) {
        let db = with(&db, |it| it.server.cors_origins = vec!["https://app.example.org".to_owned()]);
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

        for stranger in ["https://evil.example.org", "null", "http://app.example.org"] {
            let answer = preflight(stranger).await;
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{stranger}");
        }
    }

    async fn who_can_read_it_compressed_gets_it_compressed(db: Database) {
        let app = TestApp::new(&db).await;
        let answer = app.get("/api/openapi.json").header("accept-encoding", "gzip").await;
        assert_eq!(answer.header("content-encoding"), "gzip");
        assert_eq!(&answer.body[..2], [0x1f, 0x8b], "gzip begins with it");
        let plain = app.get("/api/openapi.json").await;
        assert!(!plain.headers.contains_key("content-encoding"));
        assert!(answer.body.len() < plain.body.len() / 2);
    }

    async fn who_takes_too_long_is_told_so(db: Database) {
        let db = with(&db, |it| it.server.timeout = Duration::from_millis(20));
        let app = beside(&db, Router::new().route("/slow", get(std::future::pending::<()>))).await;
        let problem = app.get("/slow").await.problem(503);
        assert_eq!(problem["detail"], "this took too long, please try again later");
    }

    /// A stream goes on for as long as it likes, and its events come when they happen.
    async fn streams_are_neither_cut_nor_compressed(db: Database) {
        let limit = Duration::from_millis(20);
        let db = with(&db, |it| it.server.timeout = limit);
        let events = move || async move {
            let later = stream::once(async move {
                tokio::time::sleep(limit * 5).await;
                Ok::<_, Infallible>(Event::default().data("x".repeat(5000)))
            });
            Sse::new(later)
        };
        let app = beside(&db, Router::new().route("/events", get(events))).await;
        let answer = app.get("/events").header("accept-encoding", "gzip").await;
        assert_eq!(answer.status, 200);
        assert!(!answer.headers.contains_key("content-encoding"));
        assert!(answer.text().starts_with("data: xxxx"), "{}", answer.text());
    }

    async fn a_body_has_its_limit(db: Database) {
        let db = with(&db, |it| it.server.body_limit = 1024);
        let app = beside(
            &db,
            Router::new().route("/notes", post(async |Json(note): Json<Note>| note.text.len().to_string())),
        ).await;
        let note = |length| json!({ "text": "x".repeat(length) });
        assert_eq!(app.post("/notes").json(note(900)).await.text(), "900");
        app.post("/notes").json(note(2000)).await.problem(413);
        // Without a length, it is counted.
        let pieces = stream::iter((0..2000).map(|_| Ok::<_, io::Error>("[")));
        app.post("/notes").body("application/json", Body::from_stream(pieces)).await.problem(413);
    }

    /// serde would read a struct from a list as well.
    async fn a_body_is_an_object(db: Database) {
        let app = beside(
            &db,
            Router::new().route("/notes", post(async |Json(note): Json<Note>| note.text)),
        ).await;
        for strange in [json!(["text"]), json!([]), json!("text"), json!(7), Value::Null] {
            let problem = app.post("/notes").json(strange).await.problem(422);
            assert!(problem["detail"].as_str().is_some_and(|it| it.contains("expected an object")), "{problem}");
        }
        app.post("/notes").body("application/json", "{").await.problem(400);
        app.post("/notes").body("text/plain", "{}").await.problem(415);
    }

    async fn what_is_not_there_is_a_problem(db: Database) {
        let app = TestApp::new(&db).await;
        app.get("/").await.problem(404);
        app.get("/api/v1/nothing").await.problem(404);
        let answer = app.delete("/api/v1/auth/login").await;
        assert_eq!(answer.header("allow"), "POST");
        answer.problem(405);
    }
}

/// What is logged, a line at a time.
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
    async fn every_line_says_which_request_and_whose(db: Database) {
        let lines = Lines::default();
        let settings = LogSettings { format: LogFormat::Json, filter: "info,sqlx=off".to_owned() };
        let app = beside(&db, Router::new().route("/line", get(async || tracing::warn!("a line")))).await;
        let teacher = app.as_user(UserRole::Teacher).await;
        let log = tracing::subscriber::set_default(logging::subscriber(&settings, lines.clone(), false));
        app.get("/api/v1/auth/me?secret=hunter2").token(&teacher.token).header("x-request-id", "first").await.expect(200);
        app.get("/line").header("x-request-id", "second").await.expect(200);
        app.get("/nothing/here").header("x-request-id", "third").await.problem(404);
        drop(log);

        let lines = lines.read();
        let of = |id: &str| -> Vec<&Value> {
            let is_its = |line: &&Value| line["spans"][0]["id"] == id;
            lines.iter().filter(is_its).collect()
        };
        assert_eq!(of("first").len() + of("second").len() + of("third").len(), lines.len(), "{lines:#?}");

        let answered = of("first")[0];
        assert_eq!(answered["message"], "answered");
        assert_eq!(answered["status"], 200);
        assert!(answered["latency_ms"].is_f64());
        let request = &answered["spans"][0];
        assert_eq!((&request["method"], &request["route"]), (&json!("GET"), &json!("/api/v1/auth/me")));
        assert_eq!(request["user"], teacher.id);
        assert!(!format!("{lines:?}").contains("hunter2"), "a query may have secrets in it");

        let [line, answered] = *of("second") else { panic!("{lines:#?}") };
        assert_eq!((&line["message"], &answered["message"]), (&json!("a line"), &json!("answered")));
        assert!(line["spans"][0]["user"].is_null());
        assert_eq!(of("third").last().expect("a line")["status"], 404);
        assert_eq!(of("third")[0]["spans"][0]["path"], "/nothing/here");
    }
}

/// Each variable in `.env.example`, set or commented out, is one that the settings know.
#[test]
fn the_example_of_an_environment_is_up_to_date() {
    let example = include_str!("../../.env.example");
    let mut sources = Sources::default();
    let mut names = Vec::new();
    for line in example.lines() {
        let line = line.trim_start_matches("# ");
        let Some((name, value)) = line.split_once('=') else { continue };
        if !name.starts_with("PLATFORM_") {
            continue;
        }
        // Those without a value are secrets.
        sources.set(name, if value.is_empty() { "as long as a secret must be, and longer" } else { value });
        names.push(name);
    }
    assert!(names.len() > 5, "{names:?}");
    let settings = Settings::load(&sources);
    assert!(settings.is_ok(), "{}", settings.err().map(|it| it.to_string()).unwrap_or_default());
}
