//! API keys.

use std::{borrow::Cow, fmt, marker::PhantomData};

use axum::http::request::Parts;

use super::{
    CredentialError, CredentialExtractor, Unauthorized, extractor,
    header::{cookies, only},
};

/// A key in a header, in the query or in a cookie, as `K` says.
///
/// It says what the client presented, and not that it is worth anything. A request without the key, or with an empty one, several, or one
/// with anything but visible ASCII in it, is answered by [`Unauthorized`]. `Option<ApiKey<K>>` is `None` where the request has no such
/// header, parameter or cookie; one that is there and wrong is answered even so.
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
    /// The key, which is not empty.
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

/// Where an [`ApiKey`] is, and what it is called there.
pub trait ApiKeyScheme {
    /// The name of the header, of the parameter or of the cookie. Names of headers are the same in upper and lower case.
    const NAME: &'static str;
    /// Where the client puts it.
    const LOCATION: ApiKeyLocation = ApiKeyLocation::Header;
}

/// Where a client puts an [`ApiKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiKeyLocation {
    /// In a header of its own.
    Header,
    /// In the query of the URL, where logs and histories keep it: a header is better.
    Query,
    /// In a cookie, which browsers send by themselves, also on requests that other sites cause.
    Cookie,
}

impl<K: ApiKeyScheme> CredentialExtractor for ApiKey<K> {
    fn read(parts: &Parts) -> Result<Self, CredentialError> {
        let key = match K::LOCATION {
            ApiKeyLocation::Header => {
                only(parts.headers.get_all(K::NAME).iter().map(|value| Cow::Borrowed(value.as_bytes())))
            }
            ApiKeyLocation::Query => {
                let query = parts.uri.query().unwrap_or_default();
                let pairs = form_urlencoded::parse(query.as_bytes());
                only(pairs.filter(|(name, _)| name == K::NAME).map(|(_, value)| match value {
                    Cow::Borrowed(value) => Cow::Borrowed(value.as_bytes()),
                    Cow::Owned(value) => Cow::Owned(value.into_bytes()),
                }))
            }
            ApiKeyLocation::Cookie => only(cookies(&parts.headers, K::NAME).map(Cow::Borrowed)),
        }?;
        let is_visible = !key.is_empty() && key.iter().all(u8::is_ascii_graphic);
        match String::from_utf8(key.into_owned()) {
            Ok(key) if is_visible => Ok(Self { key, scheme: PhantomData }),
            _ => Err(CredentialError::Malformed),
        }
    }

    fn challenge(_: CredentialError) -> Unauthorized {
        Unauthorized::api_key()
    }
}

extractor!([K: ApiKeyScheme] ApiKey<K>);
