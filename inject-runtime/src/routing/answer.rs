//! The answer of an endpoint: one future, in which the frame of its request lives.

use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Poll, ready},
};

use axum::{
    extract::Request,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Response},
};

use super::{
    access_check::{AccessCheck, ScopedRequest},
    guard::Guard,
    observe::Observation,
    service::EndpointContext,
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    frame::{Completion, Frame, Loan, Plan, Provision, RequestContext, panicked},
    problem::Problem,
};

/// Request to an endpoint, and the scope in which it is answered.
pub struct EndpointRequest<C> {
    pub(super) request: Request,
    pub(super) container: Arc<C>,
    pub(super) scope: EndpointScope<C>,
    pub(super) observation: Option<Observation>,
}

/// Scope in which a request is answered.
pub(super) enum EndpointScope<C> {
    /// Of an endpoint in [`Routes`](super::Routes). `None` if it has no values to share or to close, no guards and no
    /// overrides.
    OfRoutes(Option<Arc<EndpointContext<C>>>),
    /// Of a handler of axum's.
    OfHandler(Option<Arc<Plan>>),
    /// A scope around the endpoint, whose owner ends it.
    Enclosing(Loan<'static>),
}

impl<C> EndpointScope<C> {
    #[inline]
    fn plan(&self) -> Option<Arc<Plan>> {
        match self {
            Self::OfRoutes(context) => context.as_ref()?.plan.clone(),
            Self::OfHandler(plan) => plan.clone(),
            Self::Enclosing(_) => None,
        }
    }

    /// Returns the guards, and the frame if it is not of the endpoint.
    #[inline]
    fn parts(&mut self) -> (&[Guard<C>], Option<&mut Frame>) {
        match self {
            Self::OfRoutes(Some(context)) => (&context.guards, None),
            Self::OfRoutes(None) | Self::OfHandler(_) => (&[], None),
            Self::Enclosing(loan) => (&[], Some(loan.frame())),
        }
    }
}

/// Answers a request to an endpoint: runs the guards, checks the access, extracts the parameters, calls the function,
/// and ends the request. A panic becomes a response with status 500.
///
/// `C` is the container, `T` are the parameters of sorts `S`, and `L` is the last parameter of sort `R` with axum's
/// marker `M`. The body is compiled for each endpoint; rustc checks it once, and not for each endpoint.
pub fn answer<C, T, S, L, M, R, A, F, O>(
    request: EndpointRequest<C>,
    access: A,
    function: F,
) -> BoxFuture<'static, Response>
where
    C: SharedContainer,
    T: Send,
    L: Send,
    A: AccessCheck<C, T, S, L, M, R>,
    F: FnOnce(&Arc<C>, T, L) -> O + Send + 'static,
    O: Future<Output = Response> + Send,
{
    let EndpointRequest { request, container, mut scope, observation } = request;
    let (mut parts, mut body) = request.into_parts();
    Box::pin(async move {
        let has_body = parts.method != Method::HEAD;
        // Declared first, so that it is dropped last.
        let mut own = Frame::new(scope.plan());
        let mut ended = None;
        let completion = {
            let (guards, enclosing) = scope.parts();
            let frame = enclosing.unwrap_or(&mut own);
            let running = pin!(run(
                ScopedRequest { parts: &mut parts, body: &mut body, container: &container, frame },
                guards,
                access,
                function,
                &mut ended,
            ));
            catch_panic(running).await
        };
        let completion = completion.unwrap_or_else(|panic| {
            ended = Some(panicked(&*panic));
            Completion::Panicked
        });
        let mut response =
            ended.unwrap_or_else(|| Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response());
        if let EndpointScope::Enclosing(_) = scope {
            if completion != Completion::Answered {
                // For the owner of the scope.
                response.extensions_mut().insert(completion);
            }
        } else {
            own.finish(&mut response, completion, has_body).await;
        }
        if let Some(observation) = observation {
            observation.end(completion.outcome(response.status()));
        }
        response
    })
}

/// Runs a request, and stores its response: a return value would be moved several times.
#[inline]
async fn run<C, T, S, L, M, R, A, F, O>(
    mut request: ScopedRequest<'_, C>,
    guards: &[Guard<C>],
    access: A,
    function: F,
    response: &mut Option<Response>,
) -> Completion
where
    C: SharedContainer,
    T: Send,
    L: Send,
    A: AccessCheck<C, T, S, L, M, R>,
    F: FnOnce(&Arc<C>, T, L) -> O + Send,
    O: Future<Output = Response> + Send,
{
    let container = request.container;
    let extracted = async {
        if !guards.is_empty() {
            run_guards(guards, &mut request.context()).await?;
        }
        let checked = access.check(&mut request.context()).await?;
        A::complete(checked, request).await
    };
    match extracted.await {
        Ok((parameters, last)) => {
            *response = Some(function(container, parameters, last).await);
            Completion::Answered
        }
        Err(rejection) => {
            *response = Some(rejection.into_inner());
            Completion::Rejected
        }
    }
}

pub(super) async fn run_guards<C: Send + Sync>(
    guards: &[Guard<C>],
    context: &mut RequestContext<'_, C>,
) -> Provision<()> {
    for guard in guards {
        (guard.check)(context).await?;
    }
    Ok(())
}

/// Awaits a future, and catches its panic.
pub(super) async fn catch_panic<F: Future>(
    mut future: Pin<&mut F>,
) -> Result<F::Output, Box<dyn Any + Send>> {
    poll_fn(|cx| {
        // Assigned in the closure: a return value would be moved several times.
        let mut polled = Poll::Pending;
        match catch_unwind(AssertUnwindSafe(|| polled = future.as_mut().poll(cx))) {
            Ok(()) => Poll::Ready(Ok(ready!(polled))),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}
