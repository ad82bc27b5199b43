//! Promise of extractors that are written by hand.

/// Promise that an extractor rejects every request without credentials, for `authenticated = ..`.
///
/// `authenticated = T` is proven: every way to a `T` demands credentials. [`Bearer`](crate::Bearer),
/// [`Basic`](crate::Basic) and [`ApiKey`](crate::ApiKey) demand them, and so does a provider that takes one of
/// these, or the output of such a provider, without an `Option`. What an extractor written by hand does is not
/// known; this implementation promises it.
///
/// ```
/// use axum::{extract::FromRequestParts, http::{StatusCode, request::Parts}};
/// use inject_runtime::{RequiresCredentials, get, inject};
///
/// /// The subject of the client's certificate, which the proxy has verified.
/// pub struct ClientCertificate(String);
///
/// impl<S: Sync> FromRequestParts<S> for ClientCertificate {
///     type Rejection = StatusCode;
///
///     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
///         let subject = parts.headers.get("x-client-subject").and_then(|subject| subject.to_str().ok());
///         subject.map(|subject| Self(subject.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
///     }
/// }
///
/// impl RequiresCredentials for ClientCertificate {}
///
/// #[derive(Clone)]
/// pub struct Device(String);
///
/// #[inject]
/// pub fn device(certificate: ClientCertificate) -> Device {
///     Device(certificate.0)
/// }
///
/// #[get("/device", authenticated)]
/// pub async fn show(device: Device) -> String {
///     device.0
/// }
/// ```
pub trait RequiresCredentials {}
