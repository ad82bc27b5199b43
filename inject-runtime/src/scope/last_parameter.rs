//! Last parameters of endpoints: they may read the body, and may keep the request.

use std::{mem, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};

use super::{Provider, ProviderNow};
use crate::{
    container::SharedContainer,
    extract::{
        Known, Native, NativeNow, OfContainer, OfRuntime, OfRuntimeNow, OptionalOutput, Output, OutputNow,
        Parameter, Unknown, WithoutInject,
    },
    frame::{Frame, Provision, Rejection, RequestContext},
};

/// Last parameter of an endpoint, which may read the body. `M` is axum's marker type that distinguishes the
/// two kinds of extractors.
///
/// As with [`Parameter`], the sort `S` of the type decides the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor, and nothing provides it",
    label = "a parameter is of type `{Self}`",
    note = "[inject/extractor] a value of the request: put `#[inject]` on the function that returns it; a value of the container: take `Inject<{Self}>`",
    note = "an extractor by hand implements `axum::extract::FromRequestParts<S>` for every state `S`, or for `Arc<{C}>`"
)]
pub trait LastParameter<C, M, S = Known>: Sized {
    /// Extracts the value.
    fn extract(
        parts: &mut Parts,
        body: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> impl Future<Output = Provision<Self>> + Send;
}

impl<C, M, T> LastParameter<C, M> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>, M>,
{
    #[inline]
    fn extract(
        parts: &mut Parts,
        body: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> impl Future<Output = Provision<Self>> + Send {
        extract_last(parts, body, container, frame)
    }
}

#[diagnostic::do_not_recommend]
impl<C, M, T> LastParameter<C, M, Unknown> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>, M>,
{
    #[inline]
    fn extract(
        parts: &mut Parts,
        body: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> impl Future<Output = Provision<Self>> + Send {
        extract_last(parts, body, container, frame)
    }
}

impl<C, T> LastParameter<C, OfParts, OfContainer> for T
where
    C: Send + Sync,
    T: Send,
    OfContainer: WithoutInject<T>,
{
    async fn extract(_: &mut Parts, _: &mut Body, _: &Arc<C>, _: &mut Frame) -> Provision<Self> {
        OfContainer::never()
    }
}

/// Last parameter of an endpoint whose last parameter is a component, or that has none.
pub struct NoLast;

impl<C: Send + Sync> LastParameter<C, (), ()> for NoLast {
    #[inline]
    async fn extract(_: &mut Parts, _: &mut Body, _: &Arc<C>, _: &mut Frame) -> Provision<Self> {
        Ok(Self)
    }
}

macro_rules! of_parts {
    ($($sort:ident: $ty:ty where $bound:path;)*) => {$(
        impl<C: SharedContainer, T: $bound + Send> LastParameter<C, OfParts, $sort> for $ty {
            async fn extract(
                parts: &mut Parts,
                _: &mut Body,
                container: &Arc<C>,
                frame: &mut Frame,
            ) -> Provision<Self> {
                <Self as Parameter<C, $sort>>::extract(&mut RequestContext { parts, container, frame }).await
            }
        }
    )*};
}

of_parts! {
    Output: T where Provider<C>;
    OutputNow: T where ProviderNow<C>;
    OptionalOutput: Option<T> where Provider<C>;
    OfRuntime: T where Native<C>;
    OfRuntimeNow: T where NativeNow<C>;
}

/// Sort of a last parameter: a type with the name of an extractor that reads the body.
pub enum OfBody {}

impl<C, M, T: BodyParameter<C, M>> LastParameter<C, M, OfBody> for T {
    #[inline]
    fn extract(
        parts: &mut Parts,
        body: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> impl Future<Output = Provision<Self>> + Send {
        <T as BodyParameter<C, M>>::extract(parts, body, container, frame)
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
    /// Extracts the value.
    fn extract(
        parts: &mut Parts,
        body: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> impl Future<Output = Provision<Self>> + Send;
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
    async fn extract(
        parts: &mut Parts,
        _: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> Provision<Self> {
        let _loan = frame.lend(&mut parts.extensions);
        T::from_request_parts(parts, container).await.map_err(Rejection::of)
    }
}

impl<C, T> BodyParameter<C, OfRequest> for T
where
    C: Send + Sync,
    T: FromRequest<Arc<C>>,
{
    #[inline]
    fn extract(
        parts: &mut Parts,
        body: &mut Body,
        container: &Arc<C>,
        frame: &mut Frame,
    ) -> impl Future<Output = Provision<Self>> + Send {
        extract_last(parts, body, container, frame)
    }
}

/// Extracts a `T` from the whole request. The loan is over then: the endpoint may send the request on, and what another
/// router extracts from it is not to find the values of this request.
async fn extract_last<C: Send + Sync, M, T: FromRequest<Arc<C>, M>>(
    parts: &mut Parts,
    body: &mut Body,
    container: &Arc<C>,
    frame: &mut Frame,
) -> Provision<T> {
    let _loan = frame.lend(&mut parts.extensions);
    let parts = mem::replace(parts, Request::new(()).into_parts().0);
    T::from_request(Request::from_parts(parts, mem::take(body)), container).await.map_err(Rejection::of)
}
