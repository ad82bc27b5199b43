//! The 401 response.

use std::{borrow::Cow, fmt};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    AuthScheme, Basic, Bearer, Credential, CredentialError,
    scheme::{API_KEY, Challenge},
};
use crate::{
    endpoint_label::{self, Fields},
    frame::Rejection,
    problem::{CredentialsAbsent, Problem, ProblemKind, StaticProblem, ToProblem},
};

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
    challenge: Option<Challenge>,
    alternative: Option<&'static AuthScheme>,
    realm: Option<Cow<'static, str>>,
    error: Option<Cow<'static, str>>,
    reason: Option<CredentialError>,
}

/// Realm of a `Basic` challenge, which must have one, if neither the error nor the application names it.
const DEFAULT_REALM: &str = "api";

impl Unauthorized {
    const fn new(challenge: Option<Challenge>, alternative: Option<&'static AuthScheme>) -> Self {
        Self { challenge, alternative, realm: None, error: None, reason: None }
    }

    /// Creates a response with the challenge `Bearer`.
    #[must_use]
    pub const fn bearer() -> Self {
        Self::of::<Bearer>()
    }

    /// Creates a response with the challenge `Basic realm="..", charset="UTF-8"`. Browsers show the realm
    /// when they ask the user for a name and a password.
    #[must_use]
    pub fn basic(realm: impl Into<Cow<'static, str>>) -> Self {
        Self::of::<Basic>().realm(realm)
    }

    /// Creates a response with the challenge `ApiKey`. This is not a registered scheme: none exists for API
    /// keys.
    #[must_use]
    pub const fn api_key() -> Self {
        Self::new(Some(API_KEY), None)
    }

    /// Creates a response with the challenges of the scheme of `T`. [`Credential`] has an example.
    #[must_use]
    pub const fn of<T: Credential>() -> Self {
        Self::of_scheme(T::SCHEME)
    }

    /// Creates a response with the challenges of a scheme, for an error of a
    /// [`SignatureVerifier`](super::SignatureVerifier).
    #[must_use]
    pub const fn of_scheme(scheme: AuthScheme) -> Self {
        Self::new(scheme.challenge, scheme.alternative)
    }

    /// Sets the realm, the protection space of the credentials. Characters that a header cannot contain are
    /// removed. The realm of all challenges of an application is [`Routes::realm`](crate::Routes::realm).
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

    /// Marks the credentials as absent, which is not an error where they are optional: an
    /// `Option<CurrentUser>` is `None` if the provider of `CurrentUser` rejects with this response.
    ///
    /// Extractors of credentials set the mark. A provider that reads optional credentials sets it itself:
    ///
    /// ```
    /// use inject_runtime::{ApiKey, ApiKeyScheme, Bearer, Unauthorized, inject};
    ///
    /// # struct PartnerKey;
    /// # impl ApiKeyScheme for PartnerKey {
    /// #     const NAME: &'static str = "X-Partner-Key";
    /// # }
    /// #[derive(Clone)]
    /// pub struct Caller(String);
    ///
    /// #[inject]
    /// pub fn caller(bearer: Option<Bearer>, key: Option<ApiKey<PartnerKey>>) -> Result<Caller, Unauthorized> {
    ///     match (bearer, key) {
    ///         (Some(bearer), _) => Ok(Caller(bearer.token().to_owned())),
    ///         (None, Some(key)) => Ok(Caller(key.key().to_owned())),
    ///         (None, None) => Err(Unauthorized::bearer().absent()),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub const fn absent(self) -> Self {
        self.because(CredentialError::Absent)
    }

    /// Returns whether the request has no credentials at all.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.reason, Some(CredentialError::Absent))
    }

    /// Sets the reason, for the log.
    pub(super) const fn because(mut self, reason: CredentialError) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Replaces the challenges of an absent credential: those of one alternative by those of all.
    pub(super) fn complete<T: Credential>(self) -> Self {
        let Self { challenge, alternative, .. } = Self::of::<T>();
        if self.is_absent() { Self { challenge, alternative, ..self } } else { self }
    }

    /// Logs the rejection of an extractor.
    pub(super) fn log(&self) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let scheme = self.challenge.map(|challenge| challenge.scheme);
            let reason = self.reason.map_or("rejected", CredentialError::describe);
            endpoint_label::log(|Fields { method, route, endpoint, provider }| {
                tracing::debug!(
                    scheme,
                    reason,
                    method,
                    route,
                    endpoint,
                    provider,
                    "credentials were rejected"
                );
            });
        }
    }

    /// Returns the values of `WWW-Authenticate`, if they are constants.
    fn fixed_challenges(&self) -> Option<impl Iterator<Item = &'static str>> {
        let first = match (self.challenge, self.error.as_deref()) {
            _ if self.realm.is_some() => return None,
            (Some(Challenge { is_basic: true, .. }), _) => return None,
            (challenge, None) => challenge.map(|challenge| challenge.scheme),
            (Some(Challenge { scheme: "Bearer", .. }), Some("invalid_token")) => {
                Some("Bearer error=\"invalid_token\"")
            }
            _ => return None,
        };
        let others = self.others();
        if others.clone().any(|challenge| challenge.is_basic) {
            return None;
        }
        Some(first.into_iter().chain(others.map(|challenge| challenge.scheme)))
    }

    /// Returns the challenges of the alternatives.
    fn others(&self) -> impl Iterator<Item = Challenge> + Clone + use<> {
        let schemes = self.alternative.into_iter().flat_map(AuthScheme::alternatives);
        schemes.filter_map(|scheme| scheme.challenge)
    }

    /// Returns the values of `WWW-Authenticate`, with their parameters.
    fn challenges(&self) -> impl Iterator<Item = String> {
        let first = self.challenge.map(|challenge| self.parameters(challenge, self.error.as_deref()));
        first.into_iter().chain(self.others().map(|challenge| self.parameters(challenge, None)))
    }

    fn parameters(&self, challenge: Challenge, error: Option<&str>) -> String {
        let realm = self.realm.as_deref().or(challenge.is_basic.then_some(DEFAULT_REALM));
        let charset = challenge.is_basic.then_some("UTF-8");
        let mut text = challenge.scheme.to_owned();
        let mut separator = " ";
        for (name, value) in [("realm", realm), ("charset", charset), ("error", error)] {
            if let Some(value) = value {
                push_parameter(&mut text, separator, name, value);
                separator = ", ";
            }
        }
        text
    }

    /// Returns whether a challenge has the realm of the library.
    fn has_default_realm(&self) -> bool {
        let mut challenges = self.challenge.into_iter().chain(self.others());
        self.realm.is_none() && challenges.any(|challenge| challenge.is_basic)
    }
}

/// Appends a parameter in quotation marks. Characters that a header cannot contain are left out.
pub(super) fn push_parameter(challenge: &mut String, separator: &str, name: &str, value: &str) {
    challenge.extend([separator, name, "=\""]);
    for character in value.chars().filter(|character| matches!(character, ' '..='~')) {
        if matches!(character, '"' | '\\') {
            challenge.push('\\');
        }
        challenge.push(character);
    }
    challenge.push('"');
}

impl fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_absent() { "credentials are missing" } else { "credentials are not valid" })
    }
}

impl std::error::Error for Unauthorized {}

impl ToProblem for Unauthorized {
    fn to_problem(&self) -> Problem {
        let mut problem = Problem::new(StatusCode::UNAUTHORIZED);
        for challenge in self.challenges() {
            problem = problem.with_header(header::WWW_AUTHENTICATE, challenge);
        }
        if self.is_absent() {
            problem = problem.with_credentials_absent();
        }
        if self.has_default_realm() { problem.with_default_realm() } else { problem }
    }

    fn kinds() -> Vec<ProblemKind> {
        vec![ProblemKind::new(StatusCode::UNAUTHORIZED)]
    }
}

impl Unauthorized {
    /// Returns the rejection, without a mark in the extensions of its response.
    pub(super) fn into_rejection(self) -> Rejection {
        match (self.fixed_response(), self.is_absent()) {
            (Some(response), true) => Rejection::absence(response),
            (Some(response), false) => Rejection::new(response),
            (None, _) => Rejection::of(self.to_problem()),
        }
    }

    /// Returns the response, without the mark of an absence, if its challenges are constants.
    fn fixed_response(&self) -> Option<Response> {
        const UNAUTHORIZED: StaticProblem = StaticProblem {
            status: StatusCode::UNAUTHORIZED,
            body: r#"{"title":"Unauthorized","status":401}"#,
        };
        let challenges = self.fixed_challenges()?;
        let mut response = UNAUTHORIZED.into_response();
        for challenge in challenges {
            let challenge = HeaderValue::from_static(challenge);
            response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
        }
        Some(response)
    }
}

impl IntoResponse for Unauthorized {
    fn into_response(self) -> Response {
        let Some(mut response) = self.fixed_response() else {
            return self.to_problem().into_response();
        };
        if self.is_absent() {
            response.extensions_mut().insert(CredentialsAbsent);
        }
        response
    }
}
