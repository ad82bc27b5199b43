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
    frame::{Completion, Frame, Loan, Plan, Provision, RequestContext, panicked},
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

    /// Returns the scope of one of several attempts. `None` if the scope is not of the endpoint, and so can be entered once.
    pub(super) fn of_attempt(&self) -> Option<Self> {
        match self {
            Self::OfRoutes(context) => Some(Self::OfRoutes(context.clone())),
            Self::OfHandler { plan, arounds } => Some(Self::OfHandler { plan: plan.clone(), arounds }),
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
#[inline]
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
        let mut response = None;
        let completion = {
            let (outside, enclosing) = scope.parts();
            let frame = enclosing.unwrap_or(&mut own);
            let request = ScopedRequest { parts: &mut parts, body: &mut body, container: &container, frame };
            catch_panic(pin!(run(request, outside, access, function, &mut response))).await
        };
        let completion = match completion {
            Ok(completion) => completion,
            Err(panic) => {
                response = Some(panicked(&*panic));
                Completion::Panicked
            }
        };
        if let EndpointScope::Enclosing { .. } = scope {
            if let Some(response) = response.as_mut().filter(|_| completion != Completion::Answered) {
                // For the owner of the scope.
                response.extensions_mut().insert(completion);
            }
        } else if own.is_open() {
            own.finish(response.get_or_insert_with(unanswered), completion, has_body).await;
        }
        if let (Some(observation), Some(response)) = (observation, &response) {
            observation.end(completion.outcome(response.status()));
        }
        response.unwrap_or_else(unanswered)
    })
}

/// Response of a request without one, which there is not.
#[cold]
fn unanswered() -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
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
    if !guards.is_empty()
        && let Err(rejection) = run_guards(guards, &mut request.context()).await
    {
        *response = Some(rejection.into_inner());
        return Completion::Rejected;
    }
    let checked = match access.check(&mut request.context()).await {
        Ok(checked) => checked,
        Err(rejection) => {
            *response = Some(rejection.into_inner());
            return Completion::Rejected;
        }
    };
    if !arounds.is_empty() {
        // Boxed, so that the future of an endpoint without around functions is small.
        let (answer, completion) = Box::pin(run_within(request, arounds, |request| {
            let container = request.container;
            Box::pin(async move {
                let (parameters, last) = A::complete(checked, request).await?;
                Ok(function(container, parameters, last).await)
            })
        }))
        .await;
        *response = Some(answer);
        return completion;
    }
    match A::complete(checked, request).await {
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
