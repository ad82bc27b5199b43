//! Bearer tokens (RFC 6750).

use std::fmt;

use axum::http::request::Parts;
use headers::authorization;

use super::{AuthScheme, Credential, CredentialError, Unauthorized, extractor, header::from_authorization};

/// Extractor for the token in `Authorization: Bearer <token>` (RFC 6750).
///
/// It returns the token as presented by the client; the application must verify it. A request without a
/// token, or with a token that does not have the syntax of RFC 6750, is rejected with [`Unauthorized`].
/// `Option<Bearer>` is `None` if the request has no `Authorization` header; an invalid header is rejected
/// nevertheless.
///
/// ```
/// use inject_runtime::{Bearer, Unauthorized};
///
/// async fn account(bearer: Bearer) -> Result<String, Unauthorized> {
///     match bearer.token() {
///         "mF_9.B5f-4.1JqM" => Ok("ada".to_owned()),
///         _ => Err(Unauthorized::bearer().error("invalid_token")),
///     }
/// }
///
/// # use axum::{Router, body::Body, http::{Request, StatusCode}, routing::get};
/// # use tower::ServiceExt as _;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let router: Router = Router::new().route("/account", get(account));
///
/// let request = Request::get("/account").header("Authorization", "Bearer mF_9.B5f-4.1JqM").body(Body::empty())?;
/// assert_eq!(router.clone().oneshot(request).await?.status(), StatusCode::OK);
///
/// let request = Request::get("/account").header("Authorization", "Bearer stolen").body(Body::empty())?;
/// let response = router.oneshot(request).await?;
/// assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
/// assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
/// # Ok(())
/// # }
/// ```
///
/// `Debug` does not show the token.
#[derive(Clone)]
pub struct Bearer(authorization::Bearer);

impl Bearer {
    /// Returns the token, which is not empty: letters, digits and `-._~+/=`.
    #[must_use]
    pub fn token(&self) -> &str {
        self.0.token()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").finish_non_exhaustive()
    }
}

impl Credential for Bearer {
    const SCHEME: AuthScheme = AuthScheme::authorization("Bearer").named("bearer");

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        let bearer = from_authorization(&parts.headers).and_then(|bearer: authorization::Bearer| {
            if is_token68(bearer.token()) { Ok(Self(bearer)) } else { Err(CredentialError::Malformed) }
        });
        bearer.map_err(|error| match error {
            // RFC 6750, section 3.1: the response to a request without a token contains no error code.
            CredentialError::Absent | CredentialError::OtherScheme => Unauthorized::bearer().because(error),
            CredentialError::Several | CredentialError::Malformed => {
                Unauthorized::bearer().error("invalid_token").because(error)
            }
        })
    }
}

/// Returns whether the token is a `b64token` (RFC 6750, section 2.1).
fn is_token68(token: &str) -> bool {
    const ALLOWED: [bool; 256] = {
        let (mut allowed, mut byte) = ([false; 256], 0_u8);
        while byte.is_ascii() {
            allowed[byte as usize] =
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
            byte += 1;
        }
        allowed
    };
    let mut body = token.as_bytes();
    while let [rest @ .., b'='] = body {
        body = rest;
    }
    !body.is_empty() && body.iter().all(|byte| ALLOWED[usize::from(*byte)])
}

extractor!([] Bearer);
