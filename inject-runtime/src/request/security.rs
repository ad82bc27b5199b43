//! Credentials, as extractors.

use std::{borrow::Cow, fmt, iter, marker::PhantomData};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use headers::{
    Authorization, Header as _,
    authorization::{self, Credentials},
};

use super::{
    absent::CredentialsAbsent,
    problem::{Fixed, Problem, ProblemKind, ToProblem},
    spec::{Known, Shape},
};
use crate::layer::{Common, Layered};

/// The token of `Authorization: Bearer <token>` (RFC 6750).
///
/// It says what the client presented, and not that it is worth anything: to look into it is the application's. A request without a token, or
/// with one that is not written as RFC 6750 has it, is answered by [`Unauthorized`]. `Option<Bearer>` is `None` where the request has no
/// `Authorization` at all; one that is there and wrong is answered even so.
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
    /// The token, which is not empty: letters, digits and `-._~+/=`.
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

/// The name and the password of `Authorization: Basic <credentials>` (RFC 7617), in UTF-8.
///
/// It says what the client presented, and not that it is right. A request without them, or with some that cannot be read, is answered by
/// [`Unauthorized`], in the realm `api`. `Option<Basic>` is `None` where the request has no `Authorization` at all; one that is there and
/// wrong is answered even so.
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
/// `Debug` shows the name and not the password.
#[derive(Clone)]
pub struct Basic(authorization::Basic);

impl Basic {
    /// The name. It can be empty, if the password is not.
    #[must_use]
    pub fn username(&self) -> &str {
        self.0.username()
    }

    /// The password. It can be empty, if the name is not, and can contain colons.
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

/// The answer to a request whose credentials are missing or wrong: 401, with the challenge in `WWW-Authenticate`.
///
/// It does not say what is wrong with them. The reason for which an extractor gives it is logged at `DEBUG`, without the credentials.
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
/// As the field of an error it is `#[problem(transparent)]`:
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

    /// `Bearer`
    #[must_use]
    pub const fn bearer() -> Self {
        Self::new("Bearer")
    }

    /// `Basic realm="..", charset="UTF-8"`. Browsers show the realm to the user, whom they ask for a name and a password.
    #[must_use]
    pub fn basic(realm: impl Into<Cow<'static, str>>) -> Self {
        Self { is_utf8: true, ..Self::new("Basic") }.realm(realm)
    }

    /// `ApiKey`, which is no registered scheme: there is none for keys.
    #[must_use]
    pub const fn api_key() -> Self {
        Self::new("ApiKey")
    }

    /// What the credentials are for. What cannot be in a header is left out of it.
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Cow<'static, str>>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// A code of RFC 6750, `invalid_token` as a rule: the client is to get itself another token. What cannot be in a header is left
    /// out of it.
    #[must_use]
    pub fn error(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.error = Some(code.into());
        self
    }

    /// The value of `WWW-Authenticate`, where it need not be put together.
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

    /// The value of `WWW-Authenticate`.
    fn challenge(&self) -> String {
        let charset = self.is_utf8.then_some(Cow::Borrowed("UTF-8"));
        let parameters = [("realm", &self.realm), ("charset", &charset), ("error", &self.error)];
        let mut challenge = self.scheme.to_owned();
        let mut separator = " ";
        for (name, value) in parameters {
            if let Some(value) = value {
                challenge.extend([separator, name, "=\""]);
                for character in value.chars().filter(|it| matches!(it, ' '..='~')) {
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
        const UNAUTHORIZED: Fixed =
            Fixed { status: StatusCode::UNAUTHORIZED, body: r#"{"title":"Unauthorized","status":401}"# };
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

/// Why an extractor has no credentials to give. For the log.
#[derive(Clone, Copy)]
enum Flaw {
    Absent,
    Several,
    OtherScheme,
    Malformed,
}

impl Flaw {
    const fn describe(self) -> &'static str {
        match self {
            Self::Absent => "there are none",
            Self::Several => "there are several",
            Self::OtherScheme => "they are of another scheme",
            Self::Malformed => "they cannot be read",
        }
    }
}

/// Credentials that can be read from a request.
trait Presented: Sized {
    fn read(parts: &Parts) -> Result<Self, Flaw>;

    fn challenge(flaw: Flaw) -> Unauthorized;

    fn required(parts: &Parts) -> Result<Self, Unauthorized> {
        Self::read(parts).map_err(Self::rejected)
    }

    fn optional(parts: &Parts) -> Result<Option<Self>, Unauthorized> {
        match Self::read(parts) {
            Ok(credentials) => Ok(Some(credentials)),
            Err(Flaw::Absent) => Ok(None),
            Err(flaw) => Err(Self::rejected(flaw)),
        }
    }

    fn rejected(flaw: Flaw) -> Unauthorized {
        let unauthorized = Self::challenge(flaw);
        tracing::debug!(scheme = unauthorized.scheme, reason = flaw.describe(), "credentials were rejected");
        Unauthorized { is_absent: matches!(flaw, Flaw::Absent), ..unauthorized }
    }
}

impl Presented for Bearer {
    fn read(parts: &Parts) -> Result<Self, Flaw> {
        let bearer: authorization::Bearer = from_authorization(&parts.headers)?;
        if is_token68(bearer.token()) { Ok(Self(bearer)) } else { Err(Flaw::Malformed) }
    }

    fn challenge(flaw: Flaw) -> Unauthorized {
        match flaw {
            // RFC 6750, section 3.1: who presents no token is not told of an error.
            Flaw::Absent | Flaw::OtherScheme => Unauthorized::bearer(),
            Flaw::Several | Flaw::Malformed => Unauthorized::bearer().error("invalid_token"),
        }
    }
}

impl Presented for Basic {
    fn read(parts: &Parts) -> Result<Self, Flaw> {
        let basic: authorization::Basic = from_authorization(&parts.headers)?;
        let (name, password) = (basic.username(), basic.password());
        let is_empty = name.is_empty() && password.is_empty();
        // RFC 7617, section 2: neither contains control characters.
        if is_empty || name.chars().chain(password.chars()).any(char::is_control) {
            return Err(Flaw::Malformed);
        }
        Ok(Self(basic))
    }

    fn challenge(_: Flaw) -> Unauthorized {
        Unauthorized::basic("api")
    }
}

impl<K: ApiKeyScheme> Presented for ApiKey<K> {
    fn read(parts: &Parts) -> Result<Self, Flaw> {
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
            _ => Err(Flaw::Malformed),
        }
    }

    fn challenge(_: Flaw) -> Unauthorized {
        Unauthorized::api_key()
    }
}

/// What there is one of. Of several nobody knows which one a proxy has looked at.
fn only<T>(mut values: impl Iterator<Item = T>) -> Result<T, Flaw> {
    match (values.next(), values.next()) {
        (None, _) => Err(Flaw::Absent),
        (Some(value), None) => Ok(value),
        (Some(_), Some(_)) => Err(Flaw::Several),
    }
}

/// The credentials in `Authorization`.
fn from_authorization<C: Credentials>(headers: &HeaderMap) -> Result<C, Flaw> {
    let value = only(headers.get_all(header::AUTHORIZATION).iter())?;
    let is_of_scheme = match value.as_bytes().split_at_checked(C::SCHEME.len()) {
        Some((scheme, rest)) => {
            matches!(rest.first(), None | Some(b' ')) && scheme.eq_ignore_ascii_case(C::SCHEME.as_bytes())
        }
        None => false,
    };
    if !is_of_scheme {
        return Err(Flaw::OtherScheme);
    }
    match Authorization::<C>::decode(&mut iter::once(value)) {
        Ok(Authorization(credentials)) => Ok(credentials),
        Err(_) => Err(Flaw::Malformed),
    }
}

/// The values of the cookies of that name (RFC 6265, section 4.2.1).
///
/// `headers::Cookie` finds no cookie at all where one of them is not ASCII, and takes a quotation mark in one for the start of a quotation
/// that hides the next. Neither must keep a client from its key, on account of a cookie that somebody else has set.
fn cookies<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let pairs =
        headers.get_all(header::COOKIE).iter().flat_map(|it| it.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let pair = pair.trim_ascii();
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(value)
    })
}

/// Whether it is a `b64token`, as RFC 6750, section 2.1, has it.
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

macro_rules! extractors {
    ($([$($parameter:tt)*] $credentials:ty,)*) => {$(
        impl<S: Send + Sync, $($parameter)*> FromRequestParts<S> for $credentials {
            type Rejection = Unauthorized;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Unauthorized> {
                Self::required(parts)
            }
        }

        impl<S: Send + Sync, $($parameter)*> OptionalFromRequestParts<S> for $credentials {
            type Rejection = Unauthorized;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Unauthorized> {
                Self::optional(parts)
            }
        }
    )*};
}

extractors! {
    [] Bearer,
    [] Basic,
    [K: ApiKeyScheme] ApiKey<K>,
}

macro_rules! credentials {
    ($([$($generic:tt)*] $ty:ty,)*) => {$(
        impl $($generic)* Known for $ty {
            const SHAPE: Shape = Shape::Plain;
        }

        impl $($generic)* Layered for $ty {
            type Layer = Common;
        }
    )*};
}

credentials! {
    [] Bearer,
    [] Basic,
    [<K>] ApiKey<K>,
}

#[cfg(test)]
mod tests {
    use axum::{
        body::to_bytes,
        extract::FromRequestParts,
        http::Request,
        response::{IntoResponse as _, Response},
    };

    use super::{ApiKey, ApiKeyScheme, Basic, Bearer, ToProblem as _, Unauthorized};
    use crate::request::absent::CredentialsAbsent;

    struct Key;

    impl ApiKeyScheme for Key {
        const NAME: &'static str = "x-api-key";
    }

    async fn rejection<T>(headers: &[(&str, &str)]) -> Unauthorized
    where
        T: FromRequestParts<(), Rejection = Unauthorized>,
    {
        let request =
            headers.iter().fold(Request::get("/"), |request, (name, value)| request.header(*name, *value));
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        T::from_request_parts(&mut parts, &()).await.err().expect("a rejection")
    }

    fn is_marked(response: &Response) -> bool {
        response.extensions().get::<CredentialsAbsent>().is_some()
    }

    /// What is ready-made is what would be made.
    #[tokio::test]
    async fn the_response_is_that_of_the_problem() {
        for error in [
            Unauthorized::bearer(),
            Unauthorized::bearer().error("invalid_token"),
            Unauthorized::basic("api"),
            Unauthorized::api_key(),
            rejection::<Bearer>(&[]).await,
        ] {
            assert_same(error.clone().into_response(), error.to_problem().into_response()).await;
        }
        let problem = crate::Problem::new(axum::http::StatusCode::FORBIDDEN);
        assert_same(crate::request::role::forbidden(), problem.into_response()).await;
    }

    async fn assert_same(one: Response, other: Response) {
        assert_eq!((one.status(), one.headers()), (other.status(), other.headers()));
        assert_eq!(is_marked(&one), is_marked(&other));
        let [one, other] = [one, other].map(|it| to_bytes(it.into_body(), 1_000));
        assert_eq!(one.await.expect("a body"), other.await.expect("a body"));
    }

    #[tokio::test]
    async fn the_response_tells_absent_credentials_from_wrong_ones() {
        for absent in [
            rejection::<Bearer>(&[]).await,
            rejection::<Basic>(&[]).await,
            rejection::<ApiKey<Key>>(&[]).await,
        ] {
            assert!(is_marked(&absent.to_problem().into_response()), "as part of another error");
            assert!(is_marked(&absent.into_response()));
        }
        for wrong in [
            rejection::<Bearer>(&[("authorization", "")]).await,
            rejection::<Bearer>(&[("authorization", "Basic YTpi")]).await,
            rejection::<Bearer>(&[("authorization", "Bearer a"), ("authorization", "Bearer a")]).await,
            rejection::<Basic>(&[("authorization", "Basic !")]).await,
            rejection::<ApiKey<Key>>(&[("x-api-key", "")]).await,
            Unauthorized::bearer(),
        ] {
            assert!(!is_marked(&wrong.into_response()));
        }
    }
}
