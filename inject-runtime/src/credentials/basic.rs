//! User names and passwords (RFC 7617).

use std::fmt;

use axum::http::request::Parts;
use headers::authorization;

use super::{AuthScheme, Credential, CredentialError, Unauthorized, extractor, header::from_authorization};

/// Extractor for the user name and the password in `Authorization: Basic <credentials>` (RFC 7617), in
/// UTF-8.
///
/// It returns the credentials as presented by the client, without verifying them. A request without
/// credentials, or with credentials that cannot be parsed, is rejected with [`Unauthorized`], in the realm of
/// the application or, without [one](crate::RealmLayer), in the realm `api`. `Option<Basic>` is `None` if the request has no `Authorization` header; an invalid header is
/// rejected nevertheless.
///
/// ```
/// use inject_runtime::{Basic, Unauthorized};
///
/// async fn metrics(credentials: Basic) -> Result<&'static str, Unauthorized> {
///     # fn is_right(name: &str, password: &str) -> bool { name == "prometheus" && !password.is_empty() }
///     if is_right(credentials.username(), credentials.password()) {
///         Ok("requests_total 1")
///     } else {
///         Err(Unauthorized::basic("metrics"))
///     }
/// }
/// # let router: axum::Router = axum::Router::new().route("/", axum::routing::get(metrics));
/// ```
///
/// `Debug` shows the user name, and not the password.
#[derive(Clone)]
pub struct Basic(authorization::Basic);

impl Basic {
    /// Returns the user name. It can be empty if the password is not.
    #[must_use]
    pub fn username(&self) -> &str {
        self.0.username()
    }

    /// Returns the password. It can be empty if the user name is not, and can contain colons.
    #[must_use]
    pub fn password(&self) -> &str {
        self.0.password()
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").field("username", &self.username()).finish_non_exhaustive()
    }
}

impl Credential for Basic {
    const SCHEME: AuthScheme = AuthScheme::basic();

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        let basic = from_authorization(&parts.headers).and_then(|basic: authorization::Basic| {
            let (name, password) = (basic.username(), basic.password());
            let is_empty = name.is_empty() && password.is_empty();
            // RFC 7617, section 2: control characters are not allowed in either.
            if is_empty || name.chars().chain(password.chars()).any(char::is_control) {
                return Err(CredentialError::Malformed);
            }
            Ok(Self(basic))
        });
        basic.map_err(|error| Unauthorized::of::<Self>().because(error))
    }
}

extractor!([] Basic);
