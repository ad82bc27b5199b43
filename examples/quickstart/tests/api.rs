//! Tests of the application over HTTP, with some of its components replaced.

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

/// Builds the application over another database. A replaced component is not built, so no file is opened.
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
    let body = serde_json::from_slice(&body).expect("every response body is JSON");
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

/// Sends `request`, asserts that the response is a problem with that status, and returns the detail.
async fn problem(router: Router, request: Request<Body>, status: StatusCode) -> String {
    let sent = format!("{request:?}");
    let (received, headers, mut problem) = send(router, request).await;
    assert_eq!(received, status, "{sent}: {problem}");
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    let detail = problem["detail"].take();
    let title = status.canonical_reason();
    assert_eq!(problem, json!({ "title": title, "status": status.as_u16(), "detail": null }));
    detail.as_str().expect("`detail` is a string").to_owned()
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
    // The notification is sent after the response. `drain` waits for it, as a shutdown does.
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert_eq!(notifier.titles(), ["Dune"]);

    let (_, _, shown) = send(router.clone(), request("GET", "/books/1", "")).await;
    assert_eq!(shown, finished);
    let (_, _, list) = send(router, request("GET", "/books", "")).await;
    assert_eq!(list, json!([finished]));
    app.shutdown().await.unwrap();
}

#[tokio::test]
async fn requests_without_the_token_cannot_change_the_list() {
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
    let mut anonymous = request("GET", "/books", "");
    let _ = anonymous.headers_mut().remove(header::AUTHORIZATION);
    assert_eq!(send(router, anonymous).await.2, json!([]));
}

#[tokio::test]
async fn an_invalid_body_is_answered_with_a_problem() {
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
        let received = problem(router.clone(), request, status).await;
        assert!(received.contains(detail), "{body}: {received}");
        assert!(!received.contains("NewBook"), "the detail contains the name of a Rust type: {received}");
    }
}

#[tokio::test]
async fn an_invalid_path_is_answered_with_a_problem() {
    let router = router().await;
    let not_a_number = "the id in the path must be an integer";
    for (method, path, status, detail) in [
        ("GET", "/books/7", 404, "there is no book 7"),
        ("PUT", "/books/7/finished", 404, "there is no book 7"),
        ("GET", "/books/seven", 400, not_a_number),
        ("GET", "/books/99999999999999999999", 400, not_a_number),
        ("GET", "/books/%ff", 400, not_a_number),
        ("GET", "/films", 404, "there is no resource at this path"),
        ("DELETE", "/books", 405, "the resource does not support this method"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let received = problem(router.clone(), request(method, path, ""), status).await;
        assert_eq!(received, detail, "{method} {path}");
    }
}

#[tokio::test]
async fn a_body_with_another_content_type_is_answered_with_a_problem() {
    let mut request = dune();
    request.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    problem(router().await, request, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
}

#[tokio::test]
async fn an_unsupported_method_is_answered_with_the_supported_ones() {
    let (_, headers, _) = send(router().await, request("DELETE", "/books", "")).await;
    assert_eq!(headers[header::ALLOW], "GET,HEAD,POST");
}

/// Detail of every response that reports a failure of the database.
const DATABASE_FAILURE: &str = "the server cannot process the request, try again later";

#[tokio::test]
async fn a_closed_database_is_logged_and_not_disclosed() {
    // The subscriber is global. One per thread would be unreliable, because `tracing` caches which callsites are enabled.
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_writer(move || writer.clone()).init();

    let pool = database::in_memory().await.unwrap();
    let router = routes().into_router(app(pool.clone()).await);
    pool.close().await;
    let detail = problem(router, dune(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(detail, DATABASE_FAILURE);
    let log = log.text();
    assert!(log.contains("ERROR") && log.contains("closed pool"), "{log}");
}

#[tokio::test]
async fn a_database_without_tables_is_not_disclosed() {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let router = routes().into_router(app(pool).await);
    let detail = problem(router, dune(), StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(detail, DATABASE_FAILURE);
}

#[tokio::test]
async fn a_busy_database_is_not_disclosed() {
    // All connections are in use.
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_millis(10));
    let pool = options.connect("sqlite::memory:").await.unwrap();
    let _in_use = pool.acquire().await.unwrap();
    let router = routes().into_router(app(pool.clone()).await);
    let detail = problem(router, dune(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(detail, DATABASE_FAILURE);
}

#[tokio::test]
async fn a_locked_database_is_not_disclosed() {
    let file = new_file("locked");
    let pool = database::connect(settings(&file)).await.unwrap();
    let _writer = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();

    let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::ZERO);
    let router = routes().into_router(app(SqlitePool::connect_with(options).await.unwrap()).await);
    let detail = problem(router, dune(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(detail, DATABASE_FAILURE);
}

/// They wait for each other: the transaction of a request that may write takes the lock when it begins.
#[tokio::test(flavor = "multi_thread")]
async fn eight_clients_write_at_once() {
    let pool = database::connect(settings(&new_file("writers"))).await.unwrap();
    let router = routes().into_router(app(pool.clone()).await);
    let client = async |router: Router| {
        let mut succeeded = 0;
        for _ in 0..20 {
            let (added, _, book) = send(router.clone(), dune()).await;
            let path = format!("/books/{}/finished", book["id"]);
            let (finished, ..) = send(router.clone(), request("PUT", &path, "")).await;
            succeeded += usize::from(added == StatusCode::CREATED);
            succeeded += usize::from(finished == StatusCode::OK);
        }
        succeeded
    };
    let clients: Vec<_> = (0..8).map(|_| tokio::spawn(client(router.clone()))).collect();
    let mut succeeded = 0;
    for client in clients {
        succeeded += client.await.unwrap();
    }
    assert_eq!(succeeded, 320);
    let finished = sqlx::query_scalar("SELECT count(*) FROM books WHERE finished");
    let finished: i64 = finished.fetch_one(&pool).await.unwrap();
    assert_eq!(finished, 160);
}

#[tokio::test]
async fn books_are_kept_when_the_application_restarts() {
    let file = new_file("outlive");
    for expected in [1, 2] {
        let app = App::builder(AppInputs { settings: settings(&file) }).build().await.unwrap();
        let (_, _, book) = send(routes().into_router(Arc::clone(&app)), dune()).await;
        assert_eq!(book["id"], expected);
        app.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_fails_the_startup() {
    let file = new_file("nowhere").join("missing").join("books.db");
    let builder = App::builder(AppInputs { settings: settings(&file) });
    let error = builder.build().await.err().expect("the folder does not exist");
    assert_eq!(error.field(), "pool");
    // `Debug` includes the sources.
    let shown = format!("{error:?}");
    assert!(shown.contains("QUICKSTART_DATABASE"), "{shown}");
}

#[test]
fn the_graph_has_an_edge_for_each_dependency() {
    let graph = routes().graph().to_mermaid();
    for edge in ["list --> BookService", "BookService --> notifier", "BookRepository --> Tx", "Tx --> pool"] {
        assert!(graph.contains(edge), "{graph}");
    }
}

#[test]
fn the_route_table_lists_the_access_policies() {
    let public: Vec<_> =
        routes().table().rows().iter().map(|row| (row.handler, row.policy == Policy::Public)).collect();
    assert_eq!(public, [("list", true), ("add", false), ("show", true), ("finish", false)]);
}

/// Runs the requests that `main` prints, as a user would paste them.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_work() {
    let run = |line: &str| Command::new("sh").args(["-c", line]).output().unwrap();
    if !run("curl --version").status.success() {
        eprintln!("skipped: curl is not installed");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let examples = examples(listener.local_addr().unwrap(), "sesame");
    tokio::spawn(async { axum::serve(listener, router().await).await });
    let responses = spawn_blocking(move || examples.map(|line| run(&line).stdout)).await.unwrap();
    let [added, mut finished, list] = responses.map(|body| serde_json::from_slice::<Value>(&body).unwrap());
    assert_eq!(list, json!([finished]));
    finished["finished"] = false.into();
    assert_eq!(added, finished);
}

fn settings(database: &Path) -> Arc<Settings> {
    Arc::new(Settings { database: database.to_owned(), ..Settings::default() })
}

/// Returns the path of a database file that does not exist yet, in a new folder.
fn new_file(folder: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quickstart").join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.join("books.db")
}

/// Writer that keeps the log in memory.
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
