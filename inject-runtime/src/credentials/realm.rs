//! The realm of an application, in every challenge.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use tower_layer::Layer;
use tower_service::Service;

use super::{scheme::is_token, unauthorized::push_parameter};
use crate::{boxed::BoxFuture, problem::DefaultRealm};

/// Tower layer that adds the realm of the application to the challenges of its responses.
///
/// A challenge is a value of `WWW-Authenticate`, of an extractor of this crate or of any other code. One that
/// names a realm keeps it. [`Routes::realm`](crate::Routes::realm) adds the layer around all routes; the layer
/// itself is for an axum router:
///
/// ```
/// use axum::{Router, body::Body, http::Request, routing::get};
/// use inject_runtime::{Bearer, RealmLayer};
/// # use tower::ServiceExt as _;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let router: Router = Router::new().route("/", get(async |_: Bearer| "in")).layer(RealmLayer::new("shop"));
///
/// let response = router.oneshot(Request::get("/").body(Body::empty())?).await?;
/// assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"shop\"");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RealmLayer(Arc<str>);

impl RealmLayer {
    /// Creates the layer. Characters that a header cannot contain are removed from the realm.
    #[must_use]
    pub fn new(realm: impl Into<Arc<str>>) -> Self {
        Self(realm.into())
    }
}

impl<S> Layer<S> for RealmLayer {
    type Service = RealmService<S>;

    fn layer(&self, inner: S) -> RealmService<S> {
        RealmService { inner, realm: Arc::clone(&self.0) }
    }
}

/// Service of a [`RealmLayer`].
#[derive(Clone, Debug)]
pub struct RealmService<S> {
    inner: S,
    realm: Arc<str>,
}

impl<S, R, B> Service<R> for RealmService<S>
where
    S: Service<R, Response = Response<B>, Future: Send + 'static>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<B>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (response, realm) = (self.inner.call(request), Arc::clone(&self.realm));
        Box::pin(async move {
            let mut response = response.await?;
            add_realm(&mut response, &realm);
            Ok(response)
        })
    }
}

fn add_realm<B>(response: &mut Response<B>, realm: &str) {
    let is_default = response.extensions_mut().remove::<DefaultRealm>().is_some();
    let header::Entry::Occupied(mut challenges) = response.headers_mut().entry(header::WWW_AUTHENTICATE)
    else {
        return;
    };
    for challenge in challenges.iter_mut() {
        let with_realm = challenge.to_str().ok().and_then(|text| with_realm(text, realm, is_default));
        if let Some(value) = with_realm.and_then(|text| HeaderValue::try_from(text).ok()) {
            *challenge = value;
        }
    }
}

/// Returns the challenge with the realm. `None` for a challenge that names one, and for a value that is not
/// one challenge with parameters: several challenges in one value, or `Negotiate <token68>`.
fn with_realm(challenge: &str, realm: &str, is_default: bool) -> Option<String> {
    let (scheme, parameters) = challenge.split_once(' ').unwrap_or((challenge, ""));
    if scheme.is_empty() || !is_token(scheme) {
        return None;
    }
    let mut text = scheme.to_owned();
    push_parameter(&mut text, " ", "realm", realm);
    for parameter in split_parameters(parameters).filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=')?;
        if !is_token(name.trim()) || value.is_empty() || value.starts_with('=') {
            return None;
        }
        if !name.trim().eq_ignore_ascii_case("realm") {
            text.extend([", ", parameter]);
        } else if !is_default {
            return None;
        }
    }
    Some(text)
}

/// Splits parameters at commas that are not in quotation marks.
fn split_parameters(parameters: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = parameters.split(move |character| {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ',' => return !is_quoted,
            _ => {}
        }
        false
    });
    parts.map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::with_realm;

    #[test]
    fn a_challenge_gets_the_realm_that_it_lacks() {
        for (challenge, expected) in [
            ("Bearer", Some(r#"Bearer realm="shop""#)),
            (
                r#"Bearer error="a, b=\"c\"", scope=x"#,
                Some(r#"Bearer realm="shop", error="a, b=\"c\"", scope=x"#),
            ),
            (r#"Bearer realm="own", error="e""#, None),
            (r#"Digest qop="auth", REALM = "own""#, None),
            ("Negotiate", Some(r#"Negotiate realm="shop""#)),
            ("Negotiate YII=", None),
            ("Negotiate YIIa", None),
            (r#"Bearer, Basic realm="own""#, None),
            (r#"Bearer error="e", Basic charset="UTF-8""#, None),
            ("", None),
        ] {
            assert_eq!(with_realm(challenge, "shop", false).as_deref(), expected, "{challenge}");
        }
        assert_eq!(with_realm("Bearer", "a \"b\"\r\n", false).as_deref(), Some(r#"Bearer realm="a \"b\"""#));
    }

    #[test]
    fn the_realm_of_the_library_is_replaced() {
        let challenge = r#"Basic realm="api", charset="UTF-8""#;
        assert_eq!(
            with_realm(challenge, "shop", true).as_deref(),
            Some(r#"Basic realm="shop", charset="UTF-8""#)
        );
        assert_eq!(with_realm(challenge, "shop", false), None);
    }
}
