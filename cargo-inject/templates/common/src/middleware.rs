//! Middleware around all routes, and the responses to requests that no route takes.

use std::time::Duration;

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderValue, Response as HttpResponse, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use tower_http::{set_header::SetResponseHeaderLayer, trace::TraceLayer};
use tracing::Span;

use crate::error::Error;

/// Adds the middleware to `router`. A layer is around those before it.
pub fn wrap(router: Router, timeout: Duration) -> Router {
    router
        .fallback(async || Error::UnknownPath)
        .method_not_allowed_fallback(async || Error::WrongMethod)
        .layer(from_fn(move |request, next| {
            limit_time(timeout, request, next)
        }))
        // Responses contain tokens and personal data.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(log)
                // Errors are logged where they occur.
                .on_failure(()),
        )
}

/// Fields of every log line of a request. The query and the values in the path are not among them: they may be secrets.
fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("-", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}

/// Access log: one line for each request.
fn log<B>(response: &HttpResponse<B>, latency: Duration, _: &Span) {
    tracing::info!(
        status = response.status().as_u16(),
        latency_ms = latency.as_secs_f64() * 1000.0,
        "request completed"
    );
}

async fn limit_time(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::TimedOut.into_response(),
    }
}
