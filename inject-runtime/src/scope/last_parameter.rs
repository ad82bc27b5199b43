//! Last parameters of endpoints: they may read the body, and may keep the request.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::{Provider, Scope, resolve};
use crate::{
    container::SharedContainer,
    extract::{Known, OfContainer, Output, Unknown, WithoutInject},
};

/// Last parameter of an endpoint, which may read the body. `M` is axum's marker type that distinguishes the
/// two kinds of extractors.
///
/// As with [`Parameter`](crate::extract::Parameter), the sort `S` of the type decides the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor, and nothing provides it",
    label = "a parameter is of type `{Self}`",
    note = "[inject/extractor] a value of the request: put `#[inject]` on the function that returns it; a value of the container: take `Inject<{Self}>`",
    note = "an extractor by hand implements `axum::extract::FromRequestParts<S>` for every state `S`, or for `Arc<{C}>`"
)]
pub trait LastParameter<C, M, S = Known>: Sized {
    /// Rejection of the extractor.
    type Rejection: IntoResponse;

    /// Extracts the value; see [`Parameter::extract`](crate::extract::Parameter::extract).
    fn extract(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

impl<C, M, T> LastParameter<C, M> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>, M>,
{
    type Rejection = T::Rejection;

    async fn extract(parts: Parts, body: Body, container: &Arc<C>) -> Result<Self, T::Rejection> {
        extract_last(parts, body, container).await
    }
}

#[diagnostic::do_not_recommend]
impl<C, M, T> LastParameter<C, M, Unknown> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>, M>,
{
    type Rejection = T::Rejection;

    async fn extract(parts: Parts, body: Body, container: &Arc<C>) -> Result<Self, T::Rejection> {
        extract_last(parts, body, container).await
    }
}

impl<C: SharedContainer, T: Provider<C>> LastParameter<C, OfParts, Output> for T {
    type Rejection = Response;

    async fn extract(mut parts: Parts, _: Body, container: &Arc<C>) -> Result<Self, Response> {
        resolve(&mut parts, container).await
    }
}

impl<C, T> LastParameter<C, OfParts, OfContainer> for T
where
    C: Send + Sync,
    T: Send,
    OfContainer: WithoutInject<T>,
{
    type Rejection = Response;

    async fn extract(_: Parts, _: Body, _: &Arc<C>) -> Result<Self, Response> {
        OfContainer::never()
    }
}

/// [`LastParameter`] with the name of an extractor that reads the body. The name affects the message only.
///
/// There are two implementations, so that rustc, which finds that neither applies, reports this trait and
/// not a bound of an implementation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "an endpoint takes `{Self}`",
    note = "[inject/extractor] `Json<T>` and `Form<T>` are extractors if `T: serde::Deserialize`"
)]
pub trait BodyParameter<C, M>: Sized {
    /// Rejection of the extractor.
    type Rejection: IntoResponse;

    /// Extracts the value; see [`Parameter::extract`](crate::extract::Parameter::extract).
    fn extract(
        parts: Parts,
        body: Body,
        container: &Arc<C>,
    ) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

/// Marker of an extractor that does not read the body.
pub enum OfParts {}

/// Marker of an extractor that reads the body.
pub enum OfRequest {}

impl<C, T> BodyParameter<C, OfParts> for T
where
    C: Send + Sync,
    T: FromRequestParts<Arc<C>>,
{
    type Rejection = T::Rejection;

    async fn extract(mut parts: Parts, _: Body, container: &Arc<C>) -> Result<Self, T::Rejection> {
        T::from_request_parts(&mut parts, container).await
    }
}

impl<C, T> BodyParameter<C, OfRequest> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>>,
{
    type Rejection = T::Rejection;

    async fn extract(parts: Parts, body: Body, container: &Arc<C>) -> Result<Self, T::Rejection> {
        extract_last(parts, body, container).await
    }
}

/// Extracts a `T` from the whole request. The extraction is over then: the endpoint may send the request on,
/// and what another router extracts from it is not to find the values of this request.
async fn extract_last<C: Sync, M, T: FromRequest<Arc<C>, M>>(
    parts: Parts,
    body: Body,
    container: &Arc<C>,
) -> Result<T, T::Rejection> {
    let scope = Scope::of(&parts.extensions).cloned();
    let value = T::from_request(Request::from_parts(parts, body), container).await;
    if let Some(scope) = scope {
        scope.seal();
    }
    value
}
