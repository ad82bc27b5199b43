//! Versions of the API: selected by the URL, as in `/api/v2/chapters`, or by the header `api-version: 2`, as in
//! `/api/chapters`.

use std::borrow::Cow;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, Uri, header, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tower::util::MapRequest;

use super::errors::ApiError;

/// Name of the header that selects a version.
pub const HEADER: &str = "api-version";

/// Existing versions.
const VERSIONS: [&str; 2] = ["1", "2"];

/// Version of requests that select none. It never changes, so that existing clients keep working.
const DEFAULT_VERSION: &str = "1";

/// Paths that do not depend on the version.
const UNVERSIONED: [&str; 1] = ["/api/openapi.json"];

/// Extension of a request with an invalid version header. [`respond`] rejects the request inside the middleware that
/// logs responses.
#[derive(Clone)]
struct InvalidVersion(Cow<'static, str>);

/// Extension of a request whose version comes from the header, so that the response depends on the header.
#[derive(Clone, Copy)]
struct Negotiated;

/// Selects the version before `router` matches the path.
pub fn negotiate(router: Router) -> Router {
    Router::new().fallback_service(MapRequest::new(router, rewrite_request))
}

fn rewrite_request(mut request: Request) -> Request {
    let path = request.uri().path();
    let Some(rest) = path.strip_prefix("/api").filter(|rest| rest.starts_with('/')) else { return request };
    if UNVERSIONED.contains(&path) {
        return request;
    }
    let requested = header_version(&request);
    match (url_version(rest), requested) {
        (_, Err(problem)) => {
            request.extensions_mut().insert(InvalidVersion(problem));
        }
        (Some(url), Ok(Some(header))) if url != header => {
            let problem =
                format!("the path selects version {url}, but the header {HEADER} selects version {header}");
            request.extensions_mut().insert(InvalidVersion(problem.into()));
        }
        (Some(_), Ok(_)) => {}
        (None, Ok(version)) => {
            let versioned = versioned_uri(request.uri(), version.unwrap_or(DEFAULT_VERSION), rest);
            if let Some(uri) = versioned {
                *request.uri_mut() = uri;
            }
            request.extensions_mut().insert(Negotiated);
        }
    }
    request
}

/// Returns the version in the path after `/api`: `2` in `/v2/chapters`.
fn url_version(rest: &str) -> Option<&str> {
    let version = rest.strip_prefix("/v")?.split('/').next()?;
    (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some(version)
}

/// Returns the version in the header, if the header is present.
fn header_version(request: &Request) -> Result<Option<&'static str>, Cow<'static, str>> {
    let mut values = request.headers().get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err("the header api-version occurs more than once".into());
    }
    match VERSIONS.into_iter().find(|version| value == version) {
        Some(version) => Ok(Some(version)),
        None => Err("unknown api-version: the versions are 1 and 2".into()),
    }
}

/// Returns the URI with the path of that version.
fn versioned_uri(uri: &Uri, version: &str, rest: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("/api/v{version}{rest}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// Rejects requests with an invalid version, and adds `Vary` to responses that depend on the header, for caches.
pub async fn respond(mut request: Request, next: Next) -> Response {
    if let Some(InvalidVersion(problem)) = request.extensions_mut().remove() {
        return ApiError::Version(problem).into_response();
    }
    let negotiated: Option<Negotiated> = request.extensions_mut().remove();
    let mut response = next.run(request).await;
    if negotiated.is_some() {
        response.headers_mut().append(header::VARY, HeaderValue::from_static(HEADER));
    }
    response
}
