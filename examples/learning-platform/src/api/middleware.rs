//! Middleware around all endpoints.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, Request as HttpRequest, Response as HttpResponse, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use inject_runtime::Routes;
use tower::ServiceBuilder;
use tower_http::{
    compression::CompressionLayer,
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use tracing::{Span, field::Empty};

use super::{errors::ApiError, versions};
use crate::{app::App, config::ServerSettings};

/// Header with the id of the request: taken from a proxy in front of the server, or generated.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Header with the duration until the response started, in seconds.
pub const PROCESS_TIME: HeaderName = HeaderName::from_static("x-process-time");

/// Content security policy of all responses without one of their own: a browser that shows a response loads and runs
/// nothing, and no page can frame it.
const CONTENT_SECURITY_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Maximum length of a request id from a client. It is limited because the id is written to the log.
const MAX_REQUEST_ID: usize = 64;

/// Wraps `routes` with the middleware.
///
/// The layers are around every route and the fallbacks, so that all of them see the matched route. Only the version
/// of the API is determined before routing.
#[must_use]
pub fn wrap(routes: Routes<App>, settings: &ServerSettings) -> Routes<App> {
    let cors = cors(&settings.cors_origins);
    let (limit, timeout) = (settings.body_limit, settings.timeout);
    routes.map_router(move |router: Router| {
        // The first layer is the outermost.
        let layers = ServiceBuilder::new()
            .map_request(drop_invalid_request_id)
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(request_span)
                    .on_request(())
                    .on_response(log_response)
                    // Errors are logged where they occur.
                    .on_failure(()),
            )
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(from_fn(add_process_time))
            // Responses contain tokens and personal data.
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-store"),
            ))
            .layer(SetResponseHeaderLayer::overriding(
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ))
            .layer(SetResponseHeaderLayer::overriding(
                header::REFERRER_POLICY,
                HeaderValue::from_static("no-referrer"),
            ))
            // For browsers that do not know `frame-ancestors`.
            .layer(SetResponseHeaderLayer::overriding(
                header::X_FRAME_OPTIONS,
                HeaderValue::from_static("DENY"),
            ))
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CONTENT_SECURITY_POLICY,
                CONTENT_SECURITY_POLICY,
            ))
            .layer(cors)
            // The layer skips event streams, which compression would delay.
            .layer(CompressionLayer::new())
            .layer(from_fn(versions::respond))
            // The timeout applies until the head of the response. A stream may take longer.
            .layer(from_fn(move |request, next| limit_time(timeout, request, next)))
            // The body extractors check this limit, and their rejections become problems of this API.
            .layer(DefaultBodyLimit::max(limit));
        versions::negotiate(router.layer(layers))
    })
}

fn drop_invalid_request_id(mut request: Request) -> Request {
    let is_valid = |id: &HeaderValue| {
        let id = id.as_bytes();
        (1..=MAX_REQUEST_ID).contains(&id.len())
            && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
    };
    if request.headers().get(REQUEST_ID).is_some_and(|id| !is_valid(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// Creates the span with the fields that every log line of a request has. It does not contain the query, which may
/// contain secrets.
fn request_span<B>(request: &HttpRequest<B>) -> Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    // `user` is `logging::USER`, which is recorded after authentication.
    tracing::info_span!("request", id, method = %request.method(), route, path = request.uri().path(), user = Empty)
}

fn log_response<B>(response: &HttpResponse<B>, latency: Duration, _: &Span) {
    tracing::info!(
        status = response.status().as_u16(),
        latency_ms = latency.as_secs_f64() * 1000.0,
        "request completed"
    );
}

async fn add_process_time(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let mut response = next.run(request).await;
    let seconds = format!("{:.6}", start.elapsed().as_secs_f64());
    if let Ok(seconds) = HeaderValue::try_from(seconds) {
        response.headers_mut().insert(PROCESS_TIME, seconds);
    }
    response
}

/// Uses 503 instead of 504, which is for gateways, and 408, which is for slow clients.
async fn limit_time(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TimedOut(limit).into_response(),
    }
}

/// Allows cross-origin requests of these origins. Credentials are not allowed, because tokens are sent in a header
/// and not in cookies.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static(versions::HEADER),
            REQUEST_ID,
        ])
        .expose_headers([header::LOCATION, header::RETRY_AFTER, REQUEST_ID, PROCESS_TIME])
        .max_age(Duration::from_hours(1))
}
