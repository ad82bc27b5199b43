//! Credentials of an application's own, and their extractor.

use std::ops::Deref;

use axum::http::request::Parts;

use super::{AuthScheme, Unauthorized, extractor};

/// Credentials that a request can carry: the trait to implement for a scheme of your own. The extractor is
/// [`Credentials<T>`].
///
/// ```
/// use axum::http::request::Parts;
/// use inject_runtime::{AuthScheme, Credential, Credentials, Routes, Unauthorized};
/// use inject_runtime::{container, get, inject, routes};
///
/// /// Token in `Authorization: Token <token>`.
/// pub struct Token(String);
///
/// impl Credential for Token {
///     const SCHEME: AuthScheme = AuthScheme::authorization("Token");
///
///     fn read(parts: &Parts) -> Result<Self, Unauthorized> {
///         Self::SCHEME.value(parts).map(|token| Self(token.into_owned()))
///     }
/// }
///
/// #[derive(Clone)]
/// pub struct CurrentUser(&'static str);
///
/// #[inject]
/// pub async fn current_user(Credentials(token): Credentials<Token>) -> Result<CurrentUser, Unauthorized> {
///     match token.0.as_str() {
///         "jwt.token.here" => Ok(CurrentUser("jake")),
///         _ => Err(Unauthorized::of::<Token>()),
///     }
/// }
///
/// #[get("/feed", public)]
/// pub async fn feed(user: Option<CurrentUser>) -> &'static str {
///     user.map_or("the global feed", |user| user.0)
/// }
///
/// # #[container]
/// # pub struct App {}
/// # fn all() -> Routes<App> {
/// #     routes![feed]
/// # }
/// # use axum::{body::{Body, to_bytes}, http::Request};
/// # use tower::ServiceExt as _;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let router = all().into_router(App::builder().build().await?);
///
/// let request = Request::get("/feed").body(Body::empty())?;
/// let response = router.clone().oneshot(request).await?;
/// assert_eq!(to_bytes(response.into_body(), 99).await?, "the global feed");
///
/// let request = Request::get("/feed").header("Authorization", "Token stolen").body(Body::empty())?;
/// let response = router.oneshot(request).await?;
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["www-authenticate"], "Token");
/// # Ok(())
/// # }
/// ```
///
/// [`AuthScheme`] describes the credentials in a document, and makes the challenge. `read` may look at any
/// part of the request: several headers, or an extension that a middleware has set.
///
/// ```
/// use axum::http::request::Parts;
/// use inject_runtime::{AuthScheme, Bearer, Credential, Unauthorized};
///
/// /// Session of a browser.
/// pub struct Session(String);
///
/// impl Credential for Session {
///     const SCHEME: AuthScheme = AuthScheme::cookie("session").without_challenge();
///
///     fn read(parts: &Parts) -> Result<Self, Unauthorized> {
///         let id = Self::SCHEME.value(parts)?;
///         if id.len() == 32 { Ok(Self(id.into_owned())) } else { Err(Unauthorized::of::<Self>()) }
///     }
/// }
///
/// /// Token of a program, or session of a browser.
/// pub enum Caller {
///     Program(Bearer),
///     Browser(Session),
/// }
///
/// impl Credential for Caller {
///     const SCHEME: AuthScheme = Bearer::SCHEME.or(&Session::SCHEME);
///
///     fn read(parts: &Parts) -> Result<Self, Unauthorized> {
///         match Bearer::read(parts) {
///             Err(error) if error.is_absent() => Session::read(parts).map(Self::Browser),
///             bearer => bearer.map(Self::Program),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a credential",
    label = "expected a type that implements `Credential`",
    note = "implement `Credential` for `{Self}`: where a request carries it, and how it is read"
)]
pub trait Credential: Sized {
    /// Place of the credentials in a request, challenge, and name in documents.
    const SCHEME: AuthScheme;

    /// Reads the credentials from the head of a request, without verifying them: that is the work of a
    /// provider.
    ///
    /// # Errors
    ///
    /// Returns the 401 for a request without valid credentials. [`AuthScheme::value`] marks it as
    /// [absent](Unauthorized::absent) if there are none, and an `Option` is then `None`.
    fn read(parts: &Parts) -> Result<Self, Unauthorized>;
}

/// Extractor for credentials of an application's own.
///
/// A request without credentials, or with malformed ones, is rejected with [`Unauthorized`].
/// `Option<Credentials<T>>` is `None` if the credentials are absent; malformed ones are rejected
/// nevertheless. [`Credential`] has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credentials<T>(pub T);

impl<T> Deref for Credentials<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Reads required credentials.
pub(super) fn required<T: Credential>(parts: &Parts) -> Result<T, Unauthorized> {
    T::read(parts).map_err(Unauthorized::complete::<T>).inspect_err(Unauthorized::log)
}

/// Reads optional credentials.
pub(super) fn optional<T: Credential>(parts: &Parts) -> Result<Option<T>, Unauthorized> {
    match T::read(parts) {
        Ok(credentials) => Ok(Some(credentials)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => {
            error.log();
            Err(error)
        }
    }
}

impl<T: Credential> Credential for Credentials<T> {
    const SCHEME: AuthScheme = T::SCHEME;

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        T::read(parts).map(Self)
    }
}

extractor!([T: Credential] Credentials<T>);
