//! API keys.

use std::{fmt, marker::PhantomData};

use axum::http::request::Parts;

use super::{AuthScheme, Credential, CredentialError, Unauthorized, extractor};

/// Extractor for an API key in a header, in the query or in a cookie, depending on `K`.
///
/// It returns the key as presented by the client, without verifying it. A request is rejected with
/// [`Unauthorized`] if the key is missing, empty, repeated, or contains characters other than visible
/// ASCII. `Option<ApiKey<K>>` is `None` if the request has no such header, parameter or cookie; an invalid
/// one is rejected nevertheless.
///
/// ```
/// use inject_runtime::{ApiKey, ApiKeyScheme};
///
/// struct PartnerKey;
///
/// impl ApiKeyScheme for PartnerKey {
///     const NAME: &'static str = "X-Partner-Key";
/// }
///
/// async fn orders(key: ApiKey<PartnerKey>) -> String {
///     format!("the orders of the partner with a key of {} characters", key.key().len())
/// }
/// # let router: axum::Router = axum::Router::new().route("/", axum::routing::get(orders));
/// ```
///
/// `Debug` does not show the key.
pub struct ApiKey<K> {
    key: String,
    scheme: PhantomData<fn() -> K>,
}

impl<K> ApiKey<K> {
    /// Returns the key, which is not empty.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl<K> Clone for ApiKey<K> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), scheme: PhantomData }
    }
}

impl<K> fmt::Debug for ApiKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").finish_non_exhaustive()
    }
}

/// Name and location of an [`ApiKey`]. [`ApiKey`] has an example.
pub trait ApiKeyScheme {
    /// Name of the header, parameter or cookie. Header names are case-insensitive.
    const NAME: &'static str;
    /// Location of the key in the request.
    const LOCATION: ApiKeyLocation = ApiKeyLocation::Header;
}

/// Location of an [`ApiKey`] in a request.
///
/// ```
/// use inject_runtime::{ApiKeyLocation, ApiKeyScheme};
///
/// struct SessionKey;
///
/// impl ApiKeyScheme for SessionKey {
///     const NAME: &'static str = "session";
///     const LOCATION: ApiKeyLocation = ApiKeyLocation::Cookie;
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiKeyLocation {
    /// A separate header.
    Header,
    /// The query of the URL, which is recorded in logs and histories: prefer a header.
    Query,
    /// A cookie, which browsers send automatically, also with requests that other sites cause.
    Cookie,
}

impl<K: ApiKeyScheme> Credential for ApiKey<K> {
    const SCHEME: AuthScheme = AuthScheme::api_key(K::NAME, K::LOCATION);

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        let key = Self::SCHEME.bytes(parts).and_then(|key| {
            let is_visible = !key.is_empty() && key.iter().all(u8::is_ascii_graphic);
            match String::from_utf8(key.into_owned()) {
                Ok(key) if is_visible => Ok(Self { key, scheme: PhantomData }),
                _ => Err(CredentialError::Malformed),
            }
        });
        key.map_err(|error| Unauthorized::api_key().because(error))
    }
}

extractor!([K: ApiKeyScheme] ApiKey<K>);
