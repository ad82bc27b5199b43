//! Plain routes that are merged into `Routes`, and extractors that are written by hand.

use std::sync::Arc;

use axum::{
    Router, extract::FromRequestParts, http::StatusCode, http::request::Parts, response::Response, routing,
};
use inject_runtime::{BackgroundTasks, Inject, Routes, get, routes};

use crate::{
    access::roles::{Level, User},
    support::{App, LONG, Log, app, authorized, get as get_path, routed, send},
};

/// Extractor that asks for the principal on its own.
struct Audited(Level);

impl FromRequestParts<Arc<App>> for Audited {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let user = User::from_request_parts(parts, app).await?;
        Ok(Self(user.level))
    }
}

#[get("/audited", authenticated = User)]
async fn audited(audited: Audited, user: User) -> String {
    format!("{:?} {:?}", audited.0, user.level)
}

async fn plain(user: User, audited: Audited, tasks: BackgroundTasks, Inject(log): Inject<Log>) -> String {
    tasks.add("note", async move {
        log.add("ran");
    });
    format!("{:?} {:?}", audited.0, user.level)
}

#[tokio::test]
async fn an_extractor_written_by_hand_shares_the_values_of_the_request() {
    let routes: Routes<App> = routes![audited];
    let routes = routes.merge(Router::new().route("/plain", routing::get(plain)));
    let tasks = routes.tasks();
    let (router, log) = routed(routes).await;
    for path in ["/audited", "/plain"] {
        let answer = send(&router, authorized("GET", path, "owner")).await;
        assert_eq!(answer.body, "Owner Owner");
        tasks.drain(LONG).await.expect("nothing hangs");
        let events: &[&str] = if path == "/plain" { &["authenticate", "ran"] } else { &["authenticate"] };
        assert_eq!(log.take(), events, "{path}");
    }
}

#[tokio::test]
async fn a_resource_without_a_request_scope_is_a_500_without_details() {
    async fn handler(_tasks: BackgroundTasks) {}
    let router = Router::new().route("/", routing::get(handler)).with_state(app(&Log::default()).await);
    let answer = get_path(&router, "/").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert!(!answer.body.contains("BackgroundTasks"));
}
