//! Cost of the library in a whole application: two endpoints of the learning platform, compared with the same two
//! without the library.
//!
//! ```text
//! cargo bench -p inject-benches --bench platform
//! ```
//!
//! The bench first counts instructions and allocations of a request without a socket, in a span with a log line. If
//! `wrk` is installed, it then measures requests per second and the 99th percentile over loopback. The sides take
//! turns, with all middleware around both. The database is SQLite in a file, with one reader and one chapter. The log
//! is that of the platform, and is written to nowhere.

mod by_hand;
mod load;

use std::{error::Error, hint::black_box, io, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract,
    http::{Request, StatusCode, header},
    middleware::{Next, from_fn},
    response::Response,
};
use inject_benches::{Pair, compare, is_bench_run, is_whole_run};
use inject_runtime::{Routes, tx::Tx};
use jiff::Timestamp;
use learning_platform::{
    api::{middleware::wrap, routes::endpoints},
    app::{App, AppInputs},
    config::{Settings, Sources},
    core::{
        logging,
        security::{Tokens, UserRole},
    },
    models::{content::NewChapter, user::NewUser},
    repositories::{StorageError, content::ContentRepository, user::UserRepository},
};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;
use tracing::{Instrument as _, field::Empty};

/// Request to measure.
pub(crate) struct Case {
    name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: &'static str,
}

const CASES: [Case; 2] = [
    Case { name: "read: GET /api/v1/chapters/1", method: "GET", path: "/api/v1/chapters/1", body: "" },
    Case {
        name: "write: PUT /api/v1/chapters/1/progress",
        method: "PUT",
        path: "/api/v1/chapters/1/progress",
        body: r#"{"percent":40}"#,
    },
];

impl Case {
    async fn send(&self, router: &Router, token: &str) -> Result<(StatusCode, Bytes), Box<dyn Error>> {
        let request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header(header::AUTHORIZATION, token)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(self.body))?;
        let response = router.clone().oneshot(request).await?;
        Ok((response.status(), to_bytes(response.into_body(), usize::MAX).await?))
    }

    /// Sends the request `times` times, one after the other.
    fn repeat(&self, runtime: &Runtime, router: &Router, token: &str, times: u64) {
        runtime.block_on(async {
            for _ in 0..times {
                let _ = black_box(self.send(router, token).await);
            }
        });
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    if !is_bench_run() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let settings = settings(&format!("sqlite://{}", folder.path().join("platform.db").display()))?;
    tracing::subscriber::set_global_default(logging::subscriber(&settings.logging, io::sink, false))?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (app, token) = runtime.block_on(application(&settings))?;
    let table = endpoints().table();
    let by_hand = || {
        let shared = by_hand::Shared { pool: app.resolve(), tokens: app.resolve() };
        by_hand::router(shared, table.rows().iter().map(|row| (row.method, &*row.path)))
    };
    let hand = by_hand()?.layer(from_fn(log));
    let inject = endpoints().into_router(Arc::clone(&app)).layer(from_fn(log));

    for case in &CASES {
        let hand = runtime.block_on(case.send(&hand, &token))?;
        let inject = runtime.block_on(case.send(&inject, &token))?;
        assert_eq!(hand.0, StatusCode::OK, "{}: {hand:?}", case.name);
        // Compares the length only, because the body contains the time of the reading.
        assert_eq!(
            (hand.0, hand.1.len()),
            (inject.0, inject.1.len()),
            "{}: both sides give the same response",
            case.name
        );
    }

    let runs = CASES.each_ref().map(|case| {
        [&hand, &inject].map(|router| {
            let (runtime, token) = (&runtime, &*token);
            move |times: u64| case.repeat(runtime, router, token, times)
        })
    });
    let pairs: Vec<_> = CASES
        .iter()
        .zip(&runs)
        .map(|(case, [hand, inject])| Pair { name: case.name, hand, inject, iterations: 200 })
        .collect();
    compare(&pairs)?;
    if !is_whole_run() {
        return Ok(());
    }

    let with_middleware = |routes: Routes<App>| wrap(routes, &settings.server).into_router(Arc::clone(&app));
    let hand = |router| with_middleware(Routes::new().map_router(move |all: Router| all.merge(router)));
    let routers = [hand(by_hand()?), with_middleware(endpoints()), hand(by_hand()?)];
    load::compare(&CASES, routers, &token)
}

/// Middleware with the span and the log line that each request of the platform has.
async fn log(request: extract::Request, next: Next) -> Response {
    let span =
        tracing::info_span!("request", method = %request.method(), path = request.uri().path(), user = Empty);
    async {
        let response = next.run(request).await;
        tracing::info!(status = response.status().as_u16(), "request completed");
        response
    }
    .instrument(span)
    .await
}

fn settings(url: &str) -> Result<Arc<Settings>, Box<dyn Error>> {
    let mut sources = Sources::default();
    sources.set("PLATFORM_ENVIRONMENT", "test");
    sources.set("PLATFORM_DATABASE__URL", url);
    // As in production.
    sources.set("PLATFORM_LOGGING__FORMAT", "json");
    sources.set("PLATFORM_LOGGING__FILTER", "info,sqlx=warn");
    Ok(Arc::new(Settings::load(&sources)?))
}

/// Builds the application with a chapter and a reader. Also returns the `Authorization` header of the reader.
async fn application(settings: &Arc<Settings>) -> Result<(Arc<App>, String), Box<dyn Error>> {
    let app = App::builder(AppInputs { settings: Arc::clone(settings) }).build().await?;
    let pool: sqlx::AnyPool = app.resolve();
    let now = Timestamp::now();
    let reader = Tx::run(&pool, async |tx| {
        let mut users = UserRepository::new(tx.clone());
        let new = |email: &str, role| NewUser {
            email: email.to_owned(),
            name: "Ada".to_owned(),
            role,
            grade_level: Some(7),
            password_hash: String::new(),
        };
        let author = users.insert(new("teacher@example.org", UserRole::Teacher), now).await?;
        let reader = users.insert(new("student@example.org", UserRole::Student), now).await?;
        let mut chapters = ContentRepository::new(tx.clone());
        let chapter = NewChapter {
            author_id: author.id,
            title: "Fractions".to_owned(),
            summary: "What is a part of a whole?".to_owned(),
            body: "Cut an apple in two. ".repeat(100),
            grade_level: 7,
        };
        let chapter = chapters.insert(&chapter, now).await?;
        chapters.publish(chapter.id, now).await?;
        Ok::<_, StorageError>(reader)
    })
    .await?;
    let tokens: Arc<Tokens> = app.resolve();
    let token = tokens.issue(reader.id, now)?;
    Ok((app, format!("Bearer {}", token.expose())))
}
