//! Endpoints as handlers of axum, and as functions of unit tests.

use std::{
    convert::Infallible,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use pin_project_lite::pin_project;

use super::{
    answer::{EndpointRequest, EndpointScope},
    attempts,
    endpoint::Endpoint,
    observe::Observation,
};
use crate::{
    container::{HasContainer, SharedContainer, ports},
    endpoint_label::Labeled,
    frame::{Loan, Plan, Tasks},
};

/// Call of the function of an endpoint, without its policy: the return value of `endpoint::call(..)`, for unit
/// tests.
///
/// It is awaited as a future, and is none: a router accepts the endpoint, which has a policy, and not the bare
/// function.
#[must_use = "a call does nothing until it is awaited"]
#[derive(Debug)]
pub struct Call<F>(F);

impl<F: Future> Call<F> {
    /// Wraps the future of the function.
    pub const fn new(future: F) -> Self {
        Self(future)
    }
}

impl<F: Future> IntoFuture for Call<F> {
    type Output = F::Output;
    type IntoFuture = F;

    fn into_future(self) -> F {
        self.0
    }
}

/// Answer of the endpoint `E`: the only parameter of the function that is mounted in a router of axum. To extract
/// it is to run the endpoint: its policy, its extractors, its function and its request scope.
pub struct Answer<E>(Response, PhantomData<fn() -> E>);

impl<E> IntoResponse for Answer<E> {
    fn into_response(self) -> Response {
        self.0
    }
}

/// Marker of the last parameter of an endpoint, as a marker of axum's.
pub struct OfEndpoint<M>(PhantomData<fn() -> M>);

impl<S, E, M> FromRequest<S, OfEndpoint<M>> for Answer<E>
where
    S: HasContainer,
    E: Endpoint<S::Container, M>,
{
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        Ok(Self(answer::<E, _, M>(request, Arc::clone(state.container())).await, PhantomData))
    }
}

/// Runs an endpoint in the scope of the request, or in one of its own.
fn answer<E: Endpoint<C, M>, C: SharedContainer, M>(
    request: Request,
    container: Arc<C>,
) -> Labeled<Response> {
    let arounds = E::AROUNDS;
    let scope = match Loan::of(request.extensions()) {
        Some(mut loan) => {
            if E::TRANSACTION.needs_unit() {
                loan.frame().set_transaction(E::TRANSACTION);
            }
            EndpointScope::Enclosing { loan, arounds }
        }
        None => EndpointScope::OfHandler {
            plan: (E::SPEC.scope_usage)().plan::<C, _>(|| {
                let usage = E::SPEC.usage_with(
                    [],
                    arounds.iter().map(|around| around.spec),
                    &ports::<C>(),
                    E::TRANSACTION,
                );
                usage.needs_scope.then(|| Plan::new(&usage, None, Tasks::default()))
            }),
            arounds,
        },
    };
    let label = Some(E::SPEC.handler_label());
    let observation = Observation::begin(&label);
    let request = EndpointRequest { request, container, scope, observation };
    Labeled::new(label, attempts::answer::<E, C, M>(request))
}

/// Response of the function of an endpoint.
pub fn respond<F: Future<Output: IntoResponse>>(call: Call<F>) -> Responding<F> {
    Responding { future: call.0 }
}

pin_project! {
    /// Future of the response of an endpoint.
    pub struct Responding<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future<Output: IntoResponse>> Future for Responding<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        self.project().future.poll(cx).map(IntoResponse::into_response)
    }
}
