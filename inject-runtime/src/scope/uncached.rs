//! Extractor that runs a provider for one dependent.

use std::ops::{Deref, DerefMut};

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use super::{Provided, Provider, Strategy};
use crate::{
    container::{HasContainer, SharedContainer},
    extract::Native,
    frame::{Frame, Loan, Provision, RequestContext},
    layer::Layered,
    metadata::{Describable, EndsWithHead, GuardExtractor, Origin, ParameterKind},
};

/// Extractor for the output of a provider that runs for this dependent alone, even if the request has a
/// cached value.
///
/// ```
/// use inject_runtime::{Uncached, container, get, inject, routes, Routes};
///
/// #[derive(Clone)]
/// pub struct Ticket(u64);
///
/// #[inject]
/// pub fn draw() -> Ticket {
///     Ticket(4)
/// }
///
/// #[get("/", public)]
/// pub async fn two(first: Ticket, Uncached(second): Uncached<Ticket>) -> String {
///     format!("{} {}", first.0, second.0)
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     routes![two]
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Uncached<T>(pub T);

impl<S, T> FromRequestParts<S> for Uncached<T>
where
    S: HasContainer,
    T: Provider<S::Container> + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut loan = Loan::of(&parts.extensions);
        let mut none = Frame::default();
        let frame = loan.as_mut().map_or(&mut none, Loan::frame);
        let context = &mut RequestContext { parts, container: state.container(), frame };
        Ok(<Self as Native<S::Container>>::extract(context).await?)
    }
}

impl<C: SharedContainer, T: Provider<C> + Send> Native<C> for Uncached<T> {
    async fn extract(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        T::provide::<<T::Strategy as Strategy<T>>::Uncached>(context).await.map(Self)
    }
}

impl<T: Provided> Describable for Uncached<T> {
    const KIND: ParameterKind = ParameterKind::Uncached(|| T::NODE);
    const ORIGIN: Origin = Origin::Runtime { is_sync: false };
    const ENDS_WITH_HEAD: Option<EndsWithHead> = T::ENDS_WITH_HEAD;
    const DEMANDS_CREDENTIALS: bool = T::NODE.demands_credentials();
}

#[diagnostic::do_not_recommend]
impl<T: Layered> Layered for Uncached<T> {
    type Layer = T::Layer;
}

impl<T: Provided> GuardExtractor for Uncached<T> {}

impl<T> Deref for Uncached<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Uncached<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
