//! What is around all endpoints.

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
    trace::TraceLayer,
};
use tracing::{Span, field::Empty};

use super::{errors::ApiError, versions};
use crate::{app::App, config::ServerSettings};

/// Says which request this is: taken over from whoever is in front of us, or made up.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long it took to answer, in seconds. Of a stream, that is the time to its beginning.
pub const PROCESS_TIME: HeaderName = HeaderName::from_static("x-process-time");

/// What a request id from outside may look like: it is written to the log.
const LONGEST_REQUEST_ID: usize = 64;

/// Puts it around `routes`.
///
/// It wraps every route, and what answers where there is none, so all of it can see which route matched. Only the version of the API has to be
/// known before that.
#[must_use]
pub fn around(routes: Routes<App>, settings: &ServerSettings) -> Routes<App> {
    let cors = cors(&settings.cors_origins);
    let (limit, timeout) = (settings.body_limit, settings.timeout);
    routes.map_router(move |router: Router| {
        // The first is the outermost.
        let layers = ServiceBuilder::new()
            .map_request(without_strange_id)
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(request_span)
                    .on_request(())
                    .on_response(answered)
                    // What went wrong has been logged by then, where it went wrong.
                    .on_failure(()),
            )
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(from_fn(timed))
            .layer(cors)
            // It leaves event streams alone, which would be held back otherwise.
            .layer(CompressionLayer::new())
            .layer(from_fn(versions::answer))
            // Until the head of the answer: a stream may go on for longer.
            .layer(from_fn(move |request, next| within(timeout, request, next)))
            // The extractors of bodies look at it, and answer with our problems.
            .layer(DefaultBodyLimit::max(limit));
        versions::negotiated(router.layer(layers))
    })
}

fn without_strange_id(mut request: Request) -> Request {
    let is_sane = |id: &HeaderValue| {
        let id = id.as_bytes();
        (1..=LONGEST_REQUEST_ID).contains(&id.len())
            && id.iter().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(it))
    };
    if request.headers().get(REQUEST_ID).is_some_and(|id| !is_sane(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// What every line that is logged for a request says of it. The query is not in it, since it may have secrets in it.
fn request_span<B>(request: &HttpRequest<B>) -> Span {
    let id = request.headers().get(REQUEST_ID).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    // `user` is `logging::USER`: it is said when it is known.
    tracing::info_span!("request", id, method = %request.method(), route, path = request.uri().path(), user = Empty)
}

fn answered<B>(response: &HttpResponse<B>, latency: Duration, _: &Span) {
    tracing::info!(
        status = response.status().as_u16(),
        latency_ms = latency.as_secs_f64() * 1000.0,
        "answered"
    );
}

async fn timed(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let mut response = next.run(request).await;
    let seconds = format!("{:.6}", start.elapsed().as_secs_f64());
    if let Ok(seconds) = HeaderValue::try_from(seconds) {
        response.headers_mut().insert(PROCESS_TIME, seconds);
    }
    response
}

/// 503 and not 504, which is for gateways, nor 408, which is for clients that are too slow.
async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TimedOut(limit).into_response(),
    }
}

/// Which pages of other origins may call. Tokens are sent in a header, and not in cookies, so no credentials are allowed.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|it| it.parse().ok()).collect();
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
