//! The application over HTTP, with parts of it replaced.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use inject_runtime::Policy;
use quickstart::{
    app::{App, AppInputs},
    database,
    notifier::RecordingNotifier,
    routes::{examples, routes},
    settings::Settings,
};
use serde_json::{Value, json};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::{net::TcpListener, task::spawn_blocking};
use tower::ServiceExt as _;

/// The application over another database. What is replaced is not built: no file is opened.
async fn app(pool: SqlitePool) -> Arc<App> {
    let settings = Arc::default();
    let builder = App::builder(AppInputs { settings }).pool(pool);
    builder.build().await.unwrap()
}

async fn router() -> Router {
    routes().into_router(app(database::in_memory().await.unwrap()).await)
}

async fn send(router: Router, request: Request<Body>) -> (StatusCode, HeaderMap, Value) {
    let (head, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).expect("every answer is JSON");
    (head.status, head.headers, body)
}

fn request(method: &str, path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, "Bearer sesame")
        .body(body.into())
        .unwrap()
}

fn dune() -> Request<Body> {
    let book = json!({ "title": "Dune", "author": "Frank Herbert" });
    request("POST", "/books", book.to_string())
}

/// Sends `request`, which must be answered with a problem, and returns the detail.
async fn problem(router: Router, request: Request<Body>, status: StatusCode) -> String {
    let sent = format!("{request:?}");
    let (received, headers, mut problem) = send(router, request).await;
    assert_eq!(received, status, "{sent}: {problem}");
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    let detail = problem["detail"].take();
    let title = status.canonical_reason();
    assert_eq!(problem, json!({ "title": title, "status": status.as_u16(), "detail": null }));
    detail.as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_book_is_added_and_finished() {
    let notifier = Arc::new(RecordingNotifier::new());
    let settings = Arc::default();
    let app = App::builder(AppInputs { settings })
        .pool(database::in_memory().await.unwrap())
        .notifier(notifier.clone())
        .build()
        .await
        .unwrap();
    let all = routes();
    let tasks = all.tasks();
    let router = all.into_router(Arc::clone(&app));

    let (status, headers, book) = send(router.clone(), dune()).await;
    assert_eq!((status, &headers[header::LOCATION]), (StatusCode::CREATED, &"/books/1".parse().unwrap()));
    assert_eq!(book, json!({ "id": 1, "title": "Dune", "author": "Frank Herbert", "finished": false }));

    let (status, _, finished) = send(router.clone(), request("PUT", "/books/1/finished", "")).await;
    assert_eq!((status, &finished["finished"]), (StatusCode::OK, &json!(true)));
    // After the answer: shutdown waits for it, and so does this.
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert_eq!(notifier.titles(), ["Dune"]);

    let (_, _, shown) = send(router.clone(), request("GET", "/books/1", "")).await;
    assert_eq!(shown, finished);
    let (_, _, list) = send(router, request("GET", "/books", "")).await;
    assert_eq!(list, json!([finished]));
    app.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_list_is_changed_by_its_owner_alone() {
    let router = router().await;
    for credentials in [None, Some("Bearer sesam"), Some("Basic c2VzYW1l"), Some("sesame")] {
        for (method, path, body) in
            [("POST", "/books", "not even JSON"), ("PUT", "/books/seven/finished", "")]
        {
            let mut request = request(method, path, body);
            let _ = request.headers_mut().remove(header::AUTHORIZATION);
            if let Some(credentials) = credentials {
                request.headers_mut().insert(header::AUTHORIZATION, credentials.parse().unwrap());
            }
            let (status, headers, problem) = send(router.clone(), request).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {credentials:?}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
            assert!(headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
            assert_eq!(problem["title"], "Unauthorized");
        }
    }
    let mut everybody = request("GET", "/books", "");
    let _ = everybody.headers_mut().remove(header::AUTHORIZATION);
    assert_eq!(send(router, everybody).await.2, json!([]));
}

#[tokio::test]
async fn a_bad_body_is_a_problem() {
    let router = router().await;
    let book = |length| json!({ "title": "x".repeat(length), "author": "x" }).to_string();
    let (long, huge) = (book(201), book(64 * 1024));
    let an_object = "expected an object with `title` and `author`";
    for (body, status, detail) in [
        (r#"{"title": "#, 400, "Failed to parse"),
        (r#"{"title": 1}"#, 422, "title: invalid type: integer"),
        (r#"{"title": "x"}"#, 422, "missing field `author`"),
        (r#"{"titel": "x"}"#, 422, "unknown field `titel`"),
        (r#""Dune""#, 422, an_object),
        ("[]", 422, an_object),
        (&book(0), 422, "`title` must not be blank"),
        (&long, 422, "`title` must not be longer than"),
        (&huge, 413, "length limit exceeded"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let request = request("POST", "/books", body.to_owned());
        let told = problem(router.clone(), request, status).await;
        assert!(told.contains(detail), "{body}: {told}");
        assert!(!told.contains("NewBook"), "a type of ours: {told}");
    }
}

#[tokio::test]
async fn a_bad_path_is_a_problem() {
    let router = router().await;
    let not_a_number = "the id in the path must be a whole number";
    for (method, path, status, detail) in [
        ("GET", "/books/7", 404, "there is no book 7"),
        ("PUT", "/books/7/finished", 404, "there is no book 7"),
        ("GET", "/books/seven", 400, not_a_number),
        ("GET", "/books/99999999999999999999", 400, not_a_number),
        ("GET", "/books/%ff", 400, not_a_number),
        ("GET", "/films", 404, "there is nothing here"),
        ("DELETE", "/books", 405, "this method cannot be used here"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let told = problem(router.clone(), request(method, path, ""), status).await;
        assert_eq!(told, detail, "{method} {path}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_a_problem() {
    let mut request = dune();
    request.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    problem(router().await, request, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
}

#[tokio::test]
async fn a_wrong_method_comes_with_the_right_ones() {
    let (_, headers, _) = send(router().await, request("DELETE", "/books", "")).await;
    assert_eq!(headers[header::ALLOW], "GET,HEAD,POST");
}

/// What clients are told whenever the database is to blame.
const NOT_YOUR_FAULT: &str = "this is not your fault, please try again later";

#[tokio::test]
async fn a_closed_database_is_logged_and_not_told() {
    // For the whole process: one for a thread would be a matter of luck, since tracing remembers who is interested in an event.
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_writer(move || writer.clone()).init();

    let pool = database::in_memory().await.unwrap();
    let router = routes().into_router(app(pool.clone()).await);
    pool.close().await;
    let told = problem(router, dune(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(told, NOT_YOUR_FAULT);
    let log = log.text();
    assert!(log.contains("ERROR") && log.contains("closed pool"), "{log}");
}

#[tokio::test]
async fn a_database_without_tables_is_not_told() {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let router = routes().into_router(app(pool).await);
    let told = problem(router, dune(), StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(told, NOT_YOUR_FAULT);
}

#[tokio::test]
async fn a_busy_database_is_not_told() {
    // All connections in use.
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_millis(10));
    let pool = options.connect("sqlite::memory:").await.unwrap();
    let _in_use = pool.acquire().await.unwrap();
    let router = routes().into_router(app(pool.clone()).await);
    let told = problem(router, dune(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(told, NOT_YOUR_FAULT);
}

#[tokio::test]
async fn a_locked_database_is_not_told() {
    let file = new_file("locked");
    let pool = database::connect(settings(&file)).await.unwrap();
    let _writer = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();

    let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::ZERO);
    let router = routes().into_router(app(SqlitePool::connect_with(options).await.unwrap()).await);
    let told = problem(router, dune(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(told, NOT_YOUR_FAULT);
}

#[tokio::test]
async fn books_outlive_the_application() {
    let file = new_file("outlive");
    for expected in [1, 2] {
        let app = App::builder(AppInputs { settings: settings(&file) }).build().await.unwrap();
        let (_, _, book) = send(routes().into_router(Arc::clone(&app)), dune()).await;
        assert_eq!(book["id"], expected);
        app.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_ends_the_start() {
    let file = new_file("nowhere").join("missing").join("books.db");
    let builder = App::builder(AppInputs { settings: settings(&file) });
    let error = builder.build().await.err().expect("there is no such folder");
    assert_eq!(error.field(), "pool");
    // `Debug` shows the causes, too.
    let shown = format!("{error:?}");
    assert!(shown.contains("QUICKSTART_DATABASE"), "{shown}");
}

#[test]
fn the_graph_shows_the_layers() {
    let graph = routes().graph().to_mermaid();
    for edge in ["list --> BookService", "BookService --> notifier", "BookRepository --> Tx", "Tx --> pool"] {
        assert!(graph.contains(edge), "{graph}");
    }
}

#[test]
fn the_routes_say_who_may_call_them() {
    let public: Vec<_> =
        routes().table().rows().iter().map(|row| (row.handler, row.policy == Policy::Public)).collect();
    assert_eq!(public, [("list", true), ("add", false), ("show", true), ("finish", false)]);
}

/// The requests that `main` prints, as they would be pasted.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_work() {
    let run = |line: &str| Command::new("sh").args(["-c", line]).output().unwrap();
    if !run("curl --version").status.success() {
        eprintln!("not tested: there is no curl here");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let examples = examples(listener.local_addr().unwrap(), "sesame");
    tokio::spawn(async { axum::serve(listener, router().await).await });
    let answers = spawn_blocking(move || examples.map(|line| run(&line).stdout)).await.unwrap();
    let [added, mut finished, list] = answers.map(|it| serde_json::from_slice::<Value>(&it).unwrap());
    assert_eq!(list, json!([finished]));
    finished["finished"] = false.into();
    assert_eq!(added, finished);
}

fn settings(database: &Path) -> Arc<Settings> {
    Arc::new(Settings { database: database.to_owned(), ..Settings::default() })
}

/// The path of a database that is not there yet, in a folder of its own.
fn new_file(folder: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quickstart").join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.join("books.db")
}

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
