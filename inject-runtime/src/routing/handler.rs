//! Endpoints as handlers of axum, and as functions of unit tests.

use std::{convert::Infallible, marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};

use super::{
    endpoint::{Endpoint, call_boxed},
    service::{RouteContext, poll_endpoint, run_in_scope},
};
use crate::{
    container::{HasContainer, SharedContainer},
    scope::{Scope, Tasks},
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
async fn answer<E: Endpoint<C, M>, C: SharedContainer, M>(request: Request, container: Arc<C>) -> Response {
    let respond = |request, container| poll_endpoint(call_boxed::<E, C, M>(request, container));
    let usage = E::SPEC.scope_usage();
    if !usage.needs_scope || Scope::of(request.extensions()).is_some() {
        return respond(request, container).await;
    }
    let context = RouteContext {
        guards: Vec::new(),
        overrides: None,
        tasks: Tasks::default(),
        requested_types: Arc::clone(&usage.requested_types),
    };
    run_in_scope(Arc::new(context), request, container, respond).await
}
