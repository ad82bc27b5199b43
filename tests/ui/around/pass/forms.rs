//! Around functions as they may be written.

#![deny(warnings, missing_docs, unused_qualifications, clippy::pedantic)]

use axum::{
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use inject_runtime::{Inject, Next, Problem, ResponseParts, Routes, common, container, get, inject, routes};

/// Clock.
#[common]
pub struct Clock;

/// Request that was counted.
#[derive(Clone)]
pub struct Counted;

/// Counts.
#[inject]
pub fn count(_: ResponseParts) -> Counted {
    Counted
}

mod private {
    use inject_runtime::around;

    use super::{Next, Response};

    /// With nothing but the rest of the request.
    #[around]
    pub(super) async fn bare(next: Next) -> Response {
        next.run().await
    }
}

/// With a lifetime, and a path of the crate.
#[inject_runtime::around(crate = ::inject_runtime)]
pub async fn spelled(method: Method, mut next: Next<'_>) -> Result<Response, Problem> {
    if method == Method::DELETE {
        next = Next::new(async { StatusCode::FORBIDDEN.into_response() });
    }
    Ok(next.run().await)
}

type Rest<'a> = Next<'a>;
type Answer = Result<Response, Problem>;

/// With aliases, and names that the expansion uses.
#[inject_runtime::around]
pub async fn aliased(
    request: HeaderMap,
    Inject(context): Inject<Clock>,
    parameter_0: Option<Counted>,
    rest: Rest<'_>,
) -> Answer {
    let Clock = context;
    let _ = (request, parameter_0);
    Ok(rest.run().await)
}

/// With an opaque response.
#[inject_runtime::around]
pub async fn r#opaque(next: Next<'_>) -> impl IntoResponse {
    (StatusCode::ACCEPTED, next.run().await)
}

macro_rules! around {
    ($name:ident, $next:ty, $other:ty) => {
        /// From a macro.
        #[inject_runtime::around]
        pub async fn $name(other: $other, next: $next) -> Response {
            let _ = other;
            next.run().await
        }
    };
}

around!(generated, Next<'_>, Counted);

/// Endpoint with several.
#[inject_runtime::around(spelled, aliased)]
#[get("/books", public)]
#[inject_runtime::around(generated)]
pub async fn books() {}

/// All endpoints.
pub fn all() -> Routes<App> {
    routes![books].around::<private::bare>().around::<r#opaque>()
}

/// Container.
#[container]
pub struct App {}

fn main() {
    let table = all().table();
    let names: Vec<_> = table.rows()[0].arounds.iter().map(|around| around.name).collect();
    assert_eq!(names, ["opaque", "bare", "spelled", "aliased", "generated"]);
}
