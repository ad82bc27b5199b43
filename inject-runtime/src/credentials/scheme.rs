//! Schemes of credentials: where a request carries them, and how they are described and challenged.

use std::borrow::Cow;

use axum::http::{header, request::Parts};

use super::{
    ApiKeyLocation, CredentialError, Unauthorized,
    header::{authorization, cookies, only},
};

/// Scheme of a [`Credential`]: the place of the credentials in a request, the challenge of a 401, and the
/// name in documents.
///
/// Its constructors are for constants. An invalid name is then a compile error.
///
/// ```
/// use inject_runtime::AuthScheme;
///
/// const TOKEN: AuthScheme = AuthScheme::authorization("Token");
/// const SESSION: AuthScheme = AuthScheme::cookie("session").challenge("Session");
/// // One of the two is enough.
/// const EITHER: AuthScheme = TOKEN.or(&SESSION);
/// # assert_eq!(EITHER.name(), "Token");
/// ```
///
/// ```compile_fail
/// use inject_runtime::AuthScheme;
///
/// const TOKEN: AuthScheme = AuthScheme::authorization("My Token"); // error: not a token of HTTP
/// ```
///
/// [`Credential`]: super::Credential
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthScheme {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) challenge: Option<Challenge>,
    pub(super) alternative: Option<&'static AuthScheme>,
}

/// Place of credentials in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// `Authorization: <scheme> <credentials>`.
    Authorization(&'static str),
    Header(&'static str),
    Query(&'static str),
    Cookie(&'static str),
}

/// Challenge of a scheme in `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Challenge {
    pub(super) scheme: &'static str,
    /// Whether the scheme is `Basic`, whose challenge has a realm and a charset (RFC 7617, section 2).
    pub(super) is_basic: bool,
}

impl Challenge {
    pub(super) const fn of(scheme: &'static str) -> Self {
        Self { scheme, is_basic: false }
    }
}

/// Challenge of credentials that are not in `Authorization`. No scheme is registered for them.
pub(super) const API_KEY: Challenge = Challenge::of("ApiKey");

impl AuthScheme {
    /// Creates the scheme of credentials in `Authorization: <scheme> <credentials>`, with the challenge
    /// `<scheme>`.
    ///
    /// # Panics
    ///
    /// If `scheme` is not a token of HTTP. In a constant, this is a compile error.
    #[must_use]
    pub const fn authorization(scheme: &'static str) -> Self {
        assert_token(scheme);
        Self {
            name: scheme,
            place: Place::Authorization(scheme),
            challenge: Some(Challenge::of(scheme)),
            alternative: None,
        }
    }

    /// Creates the scheme of credentials in a header of their own, with the challenge `ApiKey`.
    ///
    /// # Panics
    ///
    /// If `name` is not a token of HTTP. In a constant, this is a compile error.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        assert_token(name);
        Self::placed(name, Place::Header(name))
    }

    /// Creates the scheme of credentials in a cookie, with the challenge `ApiKey`.
    ///
    /// # Panics
    ///
    /// If `name` is not a token of HTTP. In a constant, this is a compile error.
    #[must_use]
    pub const fn cookie(name: &'static str) -> Self {
        assert_token(name);
        Self::placed(name, Place::Cookie(name))
    }

    /// Creates the scheme of credentials in the query of the URL, with the challenge `ApiKey`. URLs are
    /// recorded in logs and histories: prefer a header.
    #[must_use]
    pub const fn query(name: &'static str) -> Self {
        Self::placed(name, Place::Query(name))
    }

    const fn placed(name: &'static str, place: Place) -> Self {
        Self { name, place, challenge: Some(API_KEY), alternative: None }
    }

    /// Creates the scheme of an API key.
    pub(super) const fn api_key(name: &'static str, location: ApiKeyLocation) -> Self {
        Self::placed(
            name,
            match location {
                ApiKeyLocation::Header => Place::Header(name),
                ApiKeyLocation::Query => Place::Query(name),
                ApiKeyLocation::Cookie => Place::Cookie(name),
            },
        )
    }

    /// Creates the scheme of RFC 7617.
    pub(super) const fn basic() -> Self {
        let challenge = Some(Challenge { scheme: "Basic", is_basic: true });
        Self { name: "basic", challenge, ..Self::authorization("Basic") }
    }

    /// Sets the scheme of the challenge in `WWW-Authenticate`.
    ///
    /// # Panics
    ///
    /// If `scheme` is not a token of HTTP. In a constant, this is a compile error.
    #[must_use]
    pub const fn challenge(mut self, scheme: &'static str) -> Self {
        assert_token(scheme);
        self.challenge = Some(Challenge::of(scheme));
        self
    }

    /// Removes the challenge: a 401 has no `WWW-Authenticate` for this scheme.
    #[must_use]
    pub const fn without_challenge(mut self) -> Self {
        self.challenge = None;
        self
    }

    /// Sets the name in documents. It is the name of the scheme, header, cookie or parameter by default.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Accepts the credentials of another scheme instead: a document lists both, and a 401 has both
    /// challenges.
    ///
    /// # Panics
    ///
    /// If the scheme has an alternative. In a constant, this is a compile error. More than two are
    /// `A.or(&B.or(&C))`, with a constant for `B.or(&C)`.
    #[must_use]
    pub const fn or(mut self, other: &'static Self) -> Self {
        assert!(self.alternative.is_none(), "the scheme has an alternative: write `A.or(&B_OR_C)`");
        self.alternative = Some(other);
        self
    }

    /// Returns the name in documents.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the credentials as text: what follows the scheme in `Authorization`, or the value of the
    /// header, cookie or parameter. It is not empty, and consists of visible ASCII characters, and of spaces
    /// between them. Of alternatives, the first that the request carries is read.
    ///
    /// # Errors
    ///
    /// Returns the 401 if the credentials are absent, of another scheme, given several times, or of other
    /// characters. Absent ones are `None` where the credential is optional.
    pub fn value<'p>(&self, parts: &'p Parts) -> Result<Cow<'p, str>, Unauthorized> {
        self.text(parts).map_err(|error| Unauthorized::of_scheme(*self).because(error))
    }

    fn text<'p>(&self, parts: &'p Parts) -> Result<Cow<'p, str>, CredentialError> {
        let found = self.bytes(parts).and_then(|bytes| text(bytes).ok_or(CredentialError::Malformed));
        let (Err(error @ (CredentialError::Absent | CredentialError::OtherScheme)), Some(other)) =
            (&found, self.alternative)
        else {
            return found;
        };
        match other.text(parts) {
            // The request has credentials, but not of these schemes.
            Err(CredentialError::Absent) => Err(*error),
            found => found,
        }
    }

    /// Returns the credentials of this scheme alone.
    pub(super) fn bytes<'p>(&self, parts: &'p Parts) -> Result<Cow<'p, [u8]>, CredentialError> {
        match self.place {
            Place::Authorization(scheme) => {
                let value = only(parts.headers.get_all(header::AUTHORIZATION).iter())?;
                authorization(value, scheme).map(Cow::Borrowed)
            }
            Place::Header(name) => {
                only(parts.headers.get_all(name).iter().map(|value| Cow::Borrowed(value.as_bytes())))
            }
            Place::Query(name) => {
                let query = parts.uri.query().unwrap_or_default();
                let pairs = form_urlencoded::parse(query.as_bytes());
                only(pairs.filter(|(key, _)| key == name).map(|(_, value)| match value {
                    Cow::Borrowed(value) => Cow::Borrowed(value.as_bytes()),
                    Cow::Owned(value) => Cow::Owned(value.into_bytes()),
                }))
            }
            Place::Cookie(name) => only(cookies(&parts.headers, name).map(Cow::Borrowed)),
        }
    }

    /// Returns the scheme and its alternatives.
    pub(super) fn alternatives(&self) -> impl Iterator<Item = &Self> + Clone {
        std::iter::successors(Some(self), |scheme| scheme.alternative)
    }
}

/// Returns the bytes as text, if they are visible ASCII with spaces in between.
fn text(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    let bytes = match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.trim_ascii()),
        Cow::Owned(bytes) => Cow::Owned(bytes.trim_ascii().to_vec()),
    };
    if bytes.is_empty() || !bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

/// Asserts that `text` is a token, which is the syntax of schemes, and of the names of headers and cookies.
const fn assert_token(text: &str) {
    assert!(
        !text.is_empty() && is_token(text),
        "the name of a scheme, header or cookie consists of letters, digits and !#$%&'*+-.^_`|~",
    );
}

/// Returns whether all characters may be in a token (RFC 9110, section 5.6.2).
pub(super) const fn is_token(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let is_allowed = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            );
        if !is_allowed {
            return false;
        }
        rest = after;
    }
    true
}
