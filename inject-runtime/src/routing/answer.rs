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
    around::{AroundEntry, run_within},
    guard::Guard,
    observe::Observation,
    service::EndpointContext,
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    frame::{Completion, Frame, Loan, Plan, Provision, Rejection, RequestContext, panicked},
    problem::Problem,
};

/// Request to an endpoint, and the scope in which it is answered.
pub struct EndpointRequest<C: 'static> {
    pub(super) request: Request,
    pub(super) container: Arc<C>,
    pub(super) scope: EndpointScope<C>,
    pub(super) observation: Option<Observation>,
}

/// Scope in which a request is answered.
pub(super) enum EndpointScope<C: 'static> {
    /// Of an endpoint in [`Routes`](super::Routes). `None` if it has no values to share or to close, no guards and no
    /// overrides.
    OfRoutes(Option<Arc<EndpointContext<C>>>),
    /// Of a handler of axum's.
    OfHandler { plan: Option<Arc<Plan>>, arounds: &'static [AroundEntry<C>] },
    /// A scope around the endpoint, whose owner ends it.
    Enclosing { loan: Loan<'static>, arounds: &'static [AroundEntry<C>] },
}

impl<C: 'static> EndpointScope<C> {
    #[inline]
    fn plan(&self) -> Option<Arc<Plan>> {
        match self {
            Self::OfRoutes(context) => context.as_ref()?.plan.clone(),
            Self::OfHandler { plan, .. } => plan.clone(),
            Self::Enclosing { .. } => None,
        }
    }

    /// Returns what is around the endpoint, and the frame if it is not of the endpoint.
    #[inline]
    fn parts(&mut self) -> (Outside<'_, C>, Option<&mut Frame>) {
        match self {
            Self::OfRoutes(Some(context)) => {
                (Outside { guards: &context.guards, arounds: &context.arounds }, None)
            }
            Self::OfRoutes(None) => (Outside { guards: &[], arounds: &[] }, None),
            Self::OfHandler { arounds, .. } => (Outside { guards: &[], arounds }, None),
            Self::Enclosing { loan, arounds } => (Outside { guards: &[], arounds }, Some(loan.frame())),
        }
    }
}

/// What is around an endpoint, outermost first.
struct Outside<'a, C> {
    guards: &'a [Guard<C>],
    arounds: &'a [AroundEntry<C>],
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
    T: Send + 'static,
    L: Send + 'static,
    A: AccessCheck<C, T, S, L, M, R>,
    F: FnOnce(&Arc<C>, T, L) -> O + Send + 'static,
    O: Future<Output = Response> + Send + 'static,
{
    let EndpointRequest { request, container, mut scope, observation } = request;
    let (mut parts, mut body) = request.into_parts();
    Box::pin(async move {
        let has_body = parts.method != Method::HEAD;
        // Declared first, so that it is dropped last.
        let mut own = Frame::new(scope.plan());
        let mut ended = None;
        let completion = {
            let (outside, enclosing) = scope.parts();
            let frame = enclosing.unwrap_or(&mut own);
            let running = pin!(run(
                ScopedRequest { parts: &mut parts, body: &mut body, container: &container, frame },
                outside,
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
        if let EndpointScope::Enclosing { .. } = scope {
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

/// Step of a request that has passed the check.
enum Step<T, F> {
    /// The parameters, and the function that takes them.
    Extracted(T, F),
    /// Around functions have answered.
    Ended(Response, Completion),
}

/// Runs a request, and stores its response: a return value would be moved several times.
#[inline]
async fn run<C, T, S, L, M, R, A, F, O>(
    mut request: ScopedRequest<'_, C>,
    Outside { guards, arounds }: Outside<'_, C>,
    access: A,
    function: F,
    response: &mut Option<Response>,
) -> Completion
where
    C: SharedContainer,
    T: Send + 'static,
    L: Send + 'static,
    A: AccessCheck<C, T, S, L, M, R>,
    F: FnOnce(&Arc<C>, T, L) -> O + Send + 'static,
    O: Future<Output = Response> + Send + 'static,
{
    let container = request.container;
    let extracted = async move {
        if !guards.is_empty() {
            run_guards(guards, &mut request.context()).await?;
        }
        let checked = access.check(&mut request.context()).await?;
        if arounds.is_empty() {
            return Ok(Step::Extracted(A::complete(checked, request).await?, function));
        }
        // Boxed, so that the future of an endpoint without around functions is small.
        let (response, completion) = Box::pin(run_within(request, arounds, |request| {
            let container = request.container;
            Box::pin(async move {
                let (parameters, last) = A::complete(checked, request).await?;
                Ok(function(container, parameters, last).await)
            })
        }))
        .await;
        Ok(Step::Ended(response, completion))
    };
    match extracted.await {
        Ok(Step::Extracted((parameters, last), function)) => {
            *response = Some(function(container, parameters, last).await);
            Completion::Answered
        }
        Ok(Step::Ended(answer, completion)) => {
            *response = Some(answer);
            completion
        }
        Err::<_, Rejection>(rejection) => {
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
