//! Versions of the API: by URL, `/api/v2/contents`, or by the header `api-version: 2` on `/api/contents`, which is the same.

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

/// The header.
pub const HEADER: &str = "api-version";

/// The versions that there are.
const VERSIONS: [&str; 2] = ["1", "2"];

/// The version that those get who do not say. It stays, so that what once worked goes on working.
const USUAL: &str = "1";

/// What is the same in all versions.
const UNVERSIONED: [&str; 1] = ["/api/openapi.json"];

/// What the header said was not clear. [`answer`] says so, further in, where answers are logged.
#[derive(Clone)]
struct Unclear(Cow<'static, str>);

/// The header was looked at, so the answer depends on it.
#[derive(Clone, Copy)]
struct Negotiated;

/// Finds out which version is meant before `router` looks at the path.
pub fn negotiated(router: Router) -> Router {
    Router::new().fallback_service(MapRequest::new(router, negotiate))
}

fn negotiate(mut request: Request) -> Request {
    let path = request.uri().path();
    let Some(rest) = path.strip_prefix("/api").filter(|rest| rest.starts_with('/')) else { return request };
    if UNVERSIONED.contains(&path) {
        return request;
    }
    let asked_for = asked_for(&request);
    match (by_url(rest), asked_for) {
        (_, Err(problem)) => {
            request.extensions_mut().insert(Unclear(problem));
        }
        (Some(url), Ok(Some(header))) if url != header => {
            let problem = format!("the path asks for version {url}, and the header {HEADER} for {header}");
            request.extensions_mut().insert(Unclear(problem.into()));
        }
        (Some(_), Ok(_)) => {}
        (None, Ok(version)) => {
            let versioned = under(request.uri(), version.unwrap_or(USUAL), rest);
            if let Some(uri) = versioned {
                *request.uri_mut() = uri;
            }
            request.extensions_mut().insert(Negotiated);
        }
    }
    request
}

/// The version in the path, after `/api`: `2` in `/v2/contents`.
fn by_url(rest: &str) -> Option<&str> {
    let version = rest.strip_prefix("/v")?.split('/').next()?;
    (!version.is_empty() && version.bytes().all(|it| it.is_ascii_digit())).then_some(version)
}

/// The version in the header, if there is one.
fn asked_for(request: &Request) -> Result<Option<&'static str>, Cow<'static, str>> {
    let mut values = request.headers().get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err("there is more than one header api-version".into());
    }
    match VERSIONS.into_iter().find(|it| value == it) {
        Some(version) => Ok(Some(version)),
        None => Err("there is no such api-version: there are 1 and 2".into()),
    }
}

/// The same URI, in a version.
fn under(uri: &Uri, version: &str, rest: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("/api/v{version}{rest}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// Answers requests whose version is not clear, and tells caches what the others depend on.
pub async fn answer(mut request: Request, next: Next) -> Response {
    if let Some(Unclear(problem)) = request.extensions_mut().remove() {
        return ApiError::Version(problem).into_response();
    }
    let negotiated: Option<Negotiated> = request.extensions_mut().remove();
    let mut response = next.run(request).await;
    if negotiated.is_some() {
        response.headers_mut().append(header::VARY, HeaderValue::from_static(HEADER));
    }
    response
}
