//! What the log says about a request that is repeated.

use std::{borrow::Cow, error::Error, fmt};

use axum::http::StatusCode;
use inject_runtime::{Inject, Problem, Routes, post, routes, transaction};
use sqlx::error::DatabaseError;
use tracing::Level;

use super::Written;
use crate::support::{App, Log, request, respond, routed};

#[derive(Debug)]
struct Conflict;

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not serialize access")
    }
}

impl Error for Conflict {}

impl DatabaseError for Conflict {
    fn message(&self) -> &'static str {
        "could not serialize access"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some("40001".into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("the sale is not recorded")]
#[problem(status = 503)]
struct SaleError(#[source] sqlx::Error);

#[post("/sales", public)]
#[transaction(retry = 1)]
async fn sell(Inject(log): Inject<Log>) -> Result<(), SaleError> {
    match log.add("attempt") {
        1 => Ok(()),
        _ => Err(SaleError(sqlx::Error::Database(Box::new(Conflict)))),
    }
}

#[tokio::test]
async fn a_retry_is_no_error_and_a_request_that_is_given_up_is_one() {
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(written.subscriber(Level::DEBUG));
    let all: Routes<App> = routes![sell];
    let (router, _) = routed(all).await;
    let fields = r#"method="POST" route="/sales" endpoint="logs::attempts::sell""#;

    assert_eq!(respond(&router, request("POST", "/sales")).await.status(), StatusCode::OK);
    let log = written.take();
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
    assert!(log.contains("DEBUG") && log.contains("could not serialize access"), "{log}");
    assert!(log.contains(&format!("runs again attempts=1 status=503 {fields}")), "{log}");

    assert_eq!(respond(&router, request("POST", "/sales")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let log = written.take();
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    let given_up = log.lines().find(|line| line.contains("WARN")).expect("a warning");
    assert!(given_up.contains(&format!("attempts=2 has_committed=false status=503 {fields}")), "{log}");
}
