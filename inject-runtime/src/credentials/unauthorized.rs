//! The 401 response.

use std::{borrow::Cow, fmt};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::problem::{CredentialsAbsent, Problem, ProblemKind, StaticProblem, ToProblem};

/// Response with status 401 and a challenge in `WWW-Authenticate`, for a request whose credentials are
/// missing or invalid.
///
/// It does not contain the reason. When an extractor rejects a request, it logs the reason at `DEBUG`,
/// without the credentials.
///
/// ```
/// use axum::response::IntoResponse as _;
/// use inject_runtime::Unauthorized;
///
/// let response = Unauthorized::bearer().realm("shop").error("invalid_token").into_response();
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"shop\", error=\"invalid_token\"");
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// ```
///
/// A variant of an error type that contains it is `#[problem(transparent)]`:
///
/// ```
/// use inject_runtime::{Problem, Unauthorized};
///
/// #[derive(Debug, thiserror::Error, Problem)]
/// enum AccountError {
///     #[error(transparent)]
///     #[problem(transparent)]
///     Unauthorized(#[from] Unauthorized),
///     #[error("this account is closed")]
///     #[problem(status = 410, detail)]
///     Closed,
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Unauthorized {
    scheme: &'static str,
    realm: Option<Cow<'static, str>>,
    error: Option<Cow<'static, str>>,
    is_utf8: bool,
    is_absent: bool,
}

impl Unauthorized {
    const fn new(scheme: &'static str) -> Self {
        Self { scheme, realm: None, error: None, is_utf8: false, is_absent: false }
    }

    /// Creates a response with the challenge `Bearer`.
    #[must_use]
    pub const fn bearer() -> Self {
        Self::new("Bearer")
    }

    /// Creates a response with the challenge `Basic realm="..", charset="UTF-8"`. Browsers show the realm
    /// when they ask the user for a name and a password.
    #[must_use]
    pub fn basic(realm: impl Into<Cow<'static, str>>) -> Self {
        Self { is_utf8: true, ..Self::new("Basic") }.realm(realm)
    }

    /// Creates a response with the challenge `ApiKey`. This is not a registered scheme: none exists for API
    /// keys.
    #[must_use]
    pub const fn api_key() -> Self {
        Self::new("ApiKey")
    }

    /// Sets the realm, the protection space of the credentials. Characters that a header cannot contain are
    /// removed.
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Cow<'static, str>>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Sets the error code of RFC 6750, usually `invalid_token`, which asks the client to request another
    /// token. Characters that a header cannot contain are removed.
    #[must_use]
    pub fn error(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.error = Some(code.into());
        self
    }

    /// Marks the credentials as absent, which is not an error where they are optional.
    pub(super) fn with_absence(self, is_absent: bool) -> Self {
        Self { is_absent, ..self }
    }

    /// Returns the scheme of the challenge.
    pub(super) const fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Returns the value of `WWW-Authenticate`, if it is a constant.
    fn fixed_challenge(&self) -> Option<HeaderValue> {
        match (self.scheme, self.error.as_deref()) {
            _ if self.realm.is_some() || self.is_utf8 => None,
            (scheme, None) => Some(HeaderValue::from_static(scheme)),
            ("Bearer", Some("invalid_token")) => {
                Some(HeaderValue::from_static("Bearer error=\"invalid_token\""))
            }
            _ => None,
        }
    }

    /// Returns the value of `WWW-Authenticate`.
    fn challenge(&self) -> String {
        let charset = self.is_utf8.then_some(Cow::Borrowed("UTF-8"));
        let parameters = [("realm", &self.realm), ("charset", &charset), ("error", &self.error)];
        let mut challenge = self.scheme.to_owned();
        let mut separator = " ";
        for (name, value) in parameters {
            if let Some(value) = value {
                challenge.extend([separator, name, "=\""]);
                for character in value.chars().filter(|character| matches!(character, ' '..='~')) {
                    if matches!(character, '"' | '\\') {
                        challenge.push('\\');
                    }
                    challenge.push(character);
                }
                challenge.push('"');
                separator = ", ";
            }
        }
        challenge
    }
}

impl fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_absent { "credentials are missing" } else { "credentials are not valid" })
    }
}

impl std::error::Error for Unauthorized {}

impl ToProblem for Unauthorized {
    fn to_problem(&self) -> Problem {
        let problem =
            Problem::new(StatusCode::UNAUTHORIZED).with_header(header::WWW_AUTHENTICATE, self.challenge());
        if self.is_absent { problem.credentials_absent() } else { problem }
    }

    fn kinds() -> Vec<ProblemKind> {
        vec![ProblemKind::new(StatusCode::UNAUTHORIZED)]
    }
}

impl IntoResponse for Unauthorized {
    fn into_response(self) -> Response {
        const UNAUTHORIZED: StaticProblem = StaticProblem {
            status: StatusCode::UNAUTHORIZED,
            body: r#"{"title":"Unauthorized","status":401}"#,
        };
        let Some(challenge) = self.fixed_challenge() else {
            return self.to_problem().into_response();
        };
        let mut response = UNAUTHORIZED.into_response();
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        if self.is_absent {
            response.extensions_mut().insert(CredentialsAbsent);
        }
        response
    }
}
