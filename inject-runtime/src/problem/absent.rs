//! Marker that distinguishes a request without credentials from a request with wrong credentials.

use std::convert::Infallible;

use axum::response::{IntoResponseParts, ResponseParts};

/// Mark of a response to a request that carried no credentials at all, which is not an error where
/// credentials are optional: an `Option<CurrentUser>` is `None` if the provider of `CurrentUser` rejects
/// with such a response.
///
/// The [`Unauthorized`](crate::Unauthorized) of an extractor has the mark, and keeps it as a transparent
/// variant of an error under [`#[derive(Problem)]`](derive@crate::Problem). An error with a response of its
/// own adds it, as an extension:
///
/// ```
/// use axum::{http::StatusCode, response::{IntoResponse, Response}};
/// use inject_runtime::{CredentialsAbsent, Unauthorized};
///
/// /// Error of an API with an error format of its own.
/// pub enum ApiError {
///     Credentials(Unauthorized),
///     Closed,
/// }
///
/// impl IntoResponse for ApiError {
///     fn into_response(self) -> Response {
///         match self {
///             Self::Credentials(error) if error.is_absent() => {
///                 (StatusCode::UNAUTHORIZED, CredentialsAbsent, "log in").into_response()
///             }
///             Self::Credentials(_) => (StatusCode::UNAUTHORIZED, "log in again").into_response(),
///             Self::Closed => (StatusCode::GONE, "closed").into_response(),
///         }
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CredentialsAbsent;

impl IntoResponseParts for CredentialsAbsent {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

/// Mark of a response whose challenge has the realm of the library, because neither the application nor the
/// error has named one.
#[cfg(feature = "security")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DefaultRealm;
