//! Bodies that are their own credentials: signatures over the bytes of a request.

use std::{fmt, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::AuthScheme;
use crate::{
    container::HasContainer,
    injectable::Injectable,
    layer::{Layered, MayDependOn, Route},
    metadata::{Describable, ParameterKind, RepeatableBody},
};

/// Verifier of a signature over the body of a request: a component, which has the keys. The extractor is
/// [`Signed`], which has an example.
///
/// # Comparing signatures
///
/// `==` on strings or bytes returns at the first difference, and so tells an attacker how much of a guess is
/// right. Verify with the function of the signature's crate that takes constant time, such as
/// `Mac::verify_slice`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not verify signatures",
    label = "expected a component that implements `SignatureVerifier`",
    note = "implement `SignatureVerifier` for `{Self}`: where a request carries the signature, and how it is verified"
)]
pub trait SignatureVerifier: Send + Sync {
    /// Authenticated sender of the request. It is `()` if there is only one.
    type Sender: Send;
    /// Response to a request without a valid signature: [`Unauthorized`](super::Unauthorized), or an error
    /// that also says that the signature cannot be verified now.
    type Rejection: IntoResponse;

    /// Place of the signature in a request, challenge, and name in documents.
    const SCHEME: AuthScheme;

    /// Verifies the signature over `body`, the bytes as they were sent. Returns the sender.
    ///
    /// # Errors
    ///
    /// Returns the rejection if the signature is not valid.
    fn verify(
        &self,
        parts: &Parts,
        body: &[u8],
    ) -> impl Future<Output = Result<Self::Sender, Self::Rejection>> + Send;
}

impl<V: SignatureVerifier> SignatureVerifier for Arc<V> {
    type Sender = V::Sender;
    type Rejection = V::Rejection;

    const SCHEME: AuthScheme = V::SCHEME;

    fn verify(
        &self,
        parts: &Parts,
        body: &[u8],
    ) -> impl Future<Output = Result<V::Sender, V::Rejection>> + Send {
        V::verify(self, parts, body)
    }
}

/// Extractor for a body whose signature the component `V` has verified, in the format `B`: the bytes, or
/// another extractor of a body, such as `Json<T>`, which reads the verified bytes.
///
/// It is the last parameter, as every extractor of a body; guards and the other parameters come before it. A
/// request without a signature is rejected before its body is read. The body is limited as that of every other
/// extractor, by [`DefaultBodyLimit`](axum::extract::DefaultBodyLimit): a longer one is a 413.
///
/// `V` is injected by value. For a verifier that the container shares, `V` is `Arc<..>`.
///
/// ```
/// use std::sync::Arc;
/// use axum::{Json, http::request::Parts};
/// use hmac::{Hmac, KeyInit as _, Mac as _};
/// use inject_runtime::{AuthScheme, Routes, Signed, SignatureVerifier, Unauthorized};
/// use inject_runtime::{container, in_layer, layer::Common, post, routes, service};
/// use sha2::Sha256;
///
/// #[in_layer(Common)]
/// pub struct WebhookSecret(Vec<u8>);
///
/// /// `X-Hub-Signature-256: sha256=<HMAC of the body>`.
/// #[service]
/// pub struct Github {
///     secret: Arc<WebhookSecret>,
/// }
///
/// impl SignatureVerifier for Github {
///     type Sender = ();
///     type Rejection = Unauthorized;
///
///     const SCHEME: AuthScheme = AuthScheme::header("X-Hub-Signature-256");
///
///     async fn verify(&self, parts: &Parts, body: &[u8]) -> Result<(), Unauthorized> {
///         let invalid = || Unauthorized::of_scheme(Self::SCHEME);
///         let signature = Self::SCHEME.value(parts)?;
///         let signature = signature.strip_prefix("sha256=").and_then(|hex| hex::decode(hex).ok());
///         let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret.0).map_err(|_| invalid())?;
///         mac.update(body);
///         mac.verify_slice(&signature.ok_or_else(invalid)?).map_err(|_| invalid())
///     }
/// }
///
/// #[derive(serde::Deserialize)]
/// pub struct Push {
///     r#ref: String,
/// }
///
/// #[post("/hooks/github", authenticated)] // by the signature
/// pub async fn pushed(Signed { body: Json(push), .. }: Signed<Github, Json<Push>>) -> String {
///     push.r#ref
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     secret: Arc<WebhookSecret>,
/// }
///
/// fn all() -> Routes<App> {
///     routes![pushed]
/// }
///
/// # use axum::{body::Body, http::Request};
/// # use tower::ServiceExt as _;
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secret = Arc::new(WebhookSecret(b"It's a Secret to Everybody".to_vec()));
/// # let router = all().into_router(App::builder(AppInputs { secret }).build().await?);
/// # let mut mac = Hmac::<Sha256>::new_from_slice(b"It's a Secret to Everybody")?;
/// # mac.update(br#"{"ref":"main"}"#);
/// # let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
/// # for (body, status) in [(r#"{"ref":"main"}"#, 200), (r#"{"ref":"evil"}"#, 401)] {
/// #     let request = Request::post("/hooks/github")
/// #         .header("content-type", "application/json")
/// #         .header("x-hub-signature-256", &signature)
/// #         .body(Body::from(body))?;
/// #     assert_eq!(router.clone().oneshot(request).await?.status(), status);
/// # }
/// # Ok(())
/// # }
/// ```
pub struct Signed<V: SignatureVerifier, B = Bytes> {
    /// Authenticated sender.
    pub sender: V::Sender,
    /// Verified body.
    pub body: B,
}

impl<V: SignatureVerifier<Sender: Clone>, B: Clone> Clone for Signed<V, B> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), body: self.body.clone() }
    }
}

impl<V: SignatureVerifier<Sender: fmt::Debug>, B: fmt::Debug> fmt::Debug for Signed<V, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("sender", &self.sender).field("body", &self.body).finish()
    }
}

impl<S, V, B> FromRequest<S> for Signed<V, B>
where
    S: HasContainer,
    V: SignatureVerifier + Injectable<S::Container> + Layered,
    Route: MayDependOn<V::Layer>,
    B: FromRequest<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        if let Err(error) = V::SCHEME.value(&parts)
            && error.is_absent()
        {
            error.log();
            return Err(error.into_response());
        }
        // The extensions have the limit of the body.
        let mut raw = Request::new(body);
        raw.extensions_mut().clone_from(&parts.extensions);
        let bytes = Bytes::from_request(raw, state).await.map_err(IntoResponse::into_response)?;
        let verifier = V::inject(&**state.container());
        let sender = verifier.verify(&parts, &bytes).await.map_err(IntoResponse::into_response)?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let body = B::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { sender, body })
    }
}

/// The body is read into memory, and given to `B` from there.
impl<V: SignatureVerifier, B> RepeatableBody for Signed<V, B> {}

impl<V: SignatureVerifier, B> Describable for Signed<V, B> {
    const KIND: ParameterKind = ParameterKind::Plain;
    const DEMANDS_CREDENTIALS: bool = true;
    const READS_BODY: bool = true;
}

#[cfg(feature = "openapi")]
impl<V: SignatureVerifier, B: crate::operation::OperationInput> crate::operation::OperationInput
    for Signed<V, B>
{
    fn operation_input(operation: &mut crate::operation::OperationDraft) {
        super::openapi::describe_scheme(operation, &V::SCHEME);
        operation.input::<B>();
    }
}
