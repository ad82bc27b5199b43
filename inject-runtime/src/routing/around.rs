//! Around functions: they run around endpoints, in the request scope of the endpoint.
//!
//! An around function is inside of the access policy, and the policy is checked where the endpoint extracts its
//! parameters. So the endpoint starts first, and waits at the [`Gate`] behind the check of its policy. There it hands its
//! request over to the around functions. [`Next`] hands the request back, and continues the endpoint.

use std::{
    fmt,
    future::poll_fn,
    mem,
    pin::pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use axum::{
    body::Body,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::{
    Routes,
    extraction::EndpointRequest,
    guard::Guard,
    service::{catch_panic, run_guards},
    tree::{Item, is_nothing_guarded},
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    frame::{Completion, Provision, RequestContext},
    graph::Node,
    metadata::AroundSpec,
    problem::Problem,
    scope::Enclosing,
};

/// Rest of a request, as the last parameter of an [`#[around]`](macro@crate::around) function: the inner around functions,
/// the parameters of the endpoint, and its function.
///
/// It runs at most once. A function that returns without it short-circuits the request.
///
/// ```
/// use std::time::Duration;
/// use axum::{http::StatusCode, response::Response};
/// use inject_runtime::{Next, Problem, around};
///
/// #[around]
/// pub async fn within_a_second(next: Next) -> Result<Response, Problem> {
///     let response = tokio::time::timeout(Duration::from_secs(1), next.run()).await;
///     response.map_err(|_| Problem::new(StatusCode::GATEWAY_TIMEOUT))
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Problem> {
/// // In a unit test:
/// let response = within_a_second(Next::new(async { Response::default() })).await?;
/// assert_eq!(response.status(), StatusCode::OK);
/// # Ok(())
/// # }
/// ```
#[must_use = "the rest of the request does not run before `run` is awaited"]
pub struct Next<'a>(BoxFuture<'a, Response>);

impl<'a> Next<'a> {
    /// Creates the rest of a request, for unit tests of an around function.
    pub fn new(response: impl Future<Output = Response> + Send + 'a) -> Self {
        Self(Box::pin(response))
    }

    /// Runs the rest of the request.
    ///
    /// The response is that of the endpoint, or of a rejection or a panic in the rest of the request. If the future is
    /// dropped before its end, the rest of the request is canceled.
    pub async fn run(self) -> Response {
        self.0.await
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}

/// Last parameter of an around function.
#[diagnostic::on_unimplemented(
    message = "the last parameter of an around function is `next: Next`, and not `{Self}`",
    label = "expected `Next`",
    note = "[inject/around] `next.run().await` runs the endpoint, and returns its response: add the parameter `next: Next`"
)]
pub trait NextParameter<'a>: Sized {
    /// Converts the rest of the request.
    fn of(next: Next<'a>) -> Self;
}

impl<'a> NextParameter<'a> for Next<'a> {
    fn of(next: Self) -> Self {
        next
    }
}

/// Around function of an application with container `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an around function",
    label = "expected an async function under `#[around]`",
    note = "[inject/around] an around function has `#[around]`: `#[around] async fn audited(next: Next) -> Response`"
)]
pub trait Around<C: SharedContainer>: 'static {
    /// Metadata of the function.
    const SPEC: &'static AroundSpec;

    /// Components that the function takes from the container.
    const INJECTED: &'static [Node];

    /// Extracts the parameters, and calls the function.
    fn run(request: AroundRequest<'_, C>) -> impl Future<Output = Provision<Response>> + Send;
}

/// Request to an around function.
pub struct AroundRequest<'a, C> {
    /// What the parameters are extracted from.
    pub context: RequestContext<'a, C>,
    rest: Rest<'a, C>,
}

impl<'a, C> AroundRequest<'a, C> {
    /// Returns the rest of the request.
    pub fn next(self) -> Next<'a> {
        Next((self.rest)(self.context))
    }
}

/// Rest of a request, which does not run before its future is polled.
type Rest<'a, C> = Box<dyn FnOnce(RequestContext<'a, C>) -> BoxFuture<'a, Response> + Send + 'a>;

/// Type-erased around function.
pub struct AroundEntry<C> {
    pub(super) spec: &'static AroundSpec,
    pub(super) injected: &'static [Node],
    run: for<'a> fn(AroundRequest<'a, C>) -> BoxFuture<'a, Provision<Response>>,
}

impl<C: SharedContainer> AroundEntry<C> {
    /// Returns the entry of `A`.
    #[must_use]
    pub const fn of<A: Around<C>>() -> Self {
        Self { spec: A::SPEC, injected: A::INJECTED, run: |request| Box::pin(A::run(request)) }
    }
}

impl<C> Clone for AroundEntry<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for AroundEntry<C> {}

impl<C: SharedContainer> Routes<C> {
    /// Puts the [`#[around]`](macro@crate::around) function `A` around the routes added so far, nested ones and plain routers
    /// included.
    ///
    /// It runs inside of the guards and of the policy of the endpoint: a request without access does not reach it. Around
    /// functions that are added later are outer ones; those of an endpoint itself are the innermost.
    ///
    /// ```
    /// # use inject_runtime::{Next, Routes, around, container, get, routes};
    /// # use axum::response::Response;
    /// #[around]
    /// pub async fn logged(next: Next) -> Response {
    ///     let response = next.run().await;
    ///     println!("{}", response.status());
    ///     response
    /// }
    ///
    /// #[get("/books", public)]
    /// pub async fn books() {}
    ///
    /// # #[container]
    /// # pub struct App {}
    /// fn all() -> Routes<App> {
    ///     routes![books].around::<logged>()
    /// }
    /// # assert_eq!(all().table().rows()[0].arounds[0].name, "logged");
    /// ```
    ///
    /// # Panics
    ///
    /// If no routes were added so far. The function would be around none: routes that are added later are outside of it.
    #[must_use]
    #[track_caller]
    pub fn around<A: Around<C>>(mut self) -> Self {
        assert!(
            !is_nothing_guarded(&self.items),
            "`around` applies to the routes added before it, and there are none: add the routes first \
             [inject/around]"
        );
        let items = mem::take(&mut self.items);
        self.items = vec![Item::Surrounded { around: AroundEntry::of::<A>(), items }];
        self
    }
}

/// Place behind the policy of an endpoint that is inside of around functions.
pub(super) struct Gate<'a, C>(Mutex<GateState<'a, C>>);

enum GateState<'a, C> {
    Closed,
    /// The endpoint waits, with its request.
    Reached(EndpointRequest<'a, C>),
    /// The endpoint continues.
    Open(EndpointRequest<'a, C>),
}

impl<'a, C> Gate<'a, C> {
    const fn new() -> Self {
        Self(Mutex::new(GateState::Closed))
    }

    /// Waits until the around functions run the rest of the request. Boxed, so that the future of an endpoint without around
    /// functions is small.
    pub(super) fn pass(&'a self, request: EndpointRequest<'a, C>) -> BoxFuture<'a, EndpointRequest<'a, C>>
    where
        C: Send + Sync,
    {
        *self.lock() = GateState::Reached(request);
        Box::pin(poll_fn(|_| {
            let mut state = self.lock();
            match mem::replace(&mut *state, GateState::Closed) {
                GateState::Open(request) => Poll::Ready(request),
                waiting => {
                    *state = waiting;
                    Poll::Pending
                }
            }
        }))
    }

    /// Takes the request of an endpoint that waits.
    fn take(&self) -> Option<EndpointRequest<'a, C>> {
        let mut state = self.lock();
        match mem::replace(&mut *state, GateState::Closed) {
            GateState::Reached(request) => Some(request),
            other => {
                *state = other;
                None
            }
        }
    }

    fn open(&self, request: EndpointRequest<'a, C>) {
        *self.lock() = GateState::Open(request);
    }

    fn lock(&self) -> MutexGuard<'_, GateState<'a, C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Function that starts an endpoint: the check of its policy, the extraction of its parameters and its function.
pub(super) type StartEndpoint<C> = for<'a> fn(EndpointRequest<'a, C>) -> BoxFuture<'a, Provision<Response>>;

/// Runs the guards, and then the endpoint inside of its around functions. A panic becomes a response with status 500.
#[cold]
pub(super) async fn run_within<C: SharedContainer>(
    EndpointRequest { parts, body, container, frame, .. }: EndpointRequest<'_, C>,
    guards: &[Guard<C>],
    arounds: &[AroundEntry<C>],
    start: StartEndpoint<C>,
) -> (Response, Completion) {
    let (gate, has_panicked) = (Gate::new(), AtomicBool::new(false));
    let responding = pin!(async {
        run_guards(guards, &mut RequestContext { parts: &mut *parts, container, frame: &mut *frame }).await?;
        let mut endpoint = start(EndpointRequest { parts, body, container, frame, gate: Some(&gate) });
        let reached = poll_fn(|cx| match endpoint.as_mut().poll(cx) {
            Poll::Ready(ended) => Poll::Ready(Err(ended)),
            Poll::Pending => gate.take().map_or(Poll::Pending, |request| Poll::Ready(Ok(request))),
        });
        let EndpointRequest { parts, body, container, frame, gate: own_gate } = match reached.await {
            Ok(request) => request,
            // The policy has rejected the request.
            Err(ended) => return ended,
        };
        let (gate, has_panicked) = (&gate, &has_panicked);
        let last: Rest<'_, C> = Box::new(move |RequestContext { parts, container, frame }| {
            let changes = frame.response();
            gate.open(EndpointRequest { parts, body, container, frame, gate: own_gate });
            Box::pin(async move {
                let mut ended = catch_panic(pin!(endpoint)).await;
                if let (Ok(response), Some(changes)) = (&mut ended, changes) {
                    // Around functions see the status.
                    changes.move_status(response);
                }
                marked(ended, has_panicked)
            })
        });
        let rest = chain(arounds, last, has_panicked);
        Ok(rest(RequestContext { parts, container, frame }).await)
    });
    match catch_panic(responding).await {
        Ok(response) => completed(response, &has_panicked),
        Err(ended) => ended,
    }
}

/// Runs plain handlers inside of around functions. A panic becomes a response with status 500.
pub(super) async fn run_plain_within<C, F>(
    context: RequestContext<'_, C>,
    body: Body,
    arounds: &[AroundEntry<C>],
    respond: impl FnOnce(Request) -> F + Send + 'static,
) -> (Response, Completion)
where
    C: Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let has_panicked = AtomicBool::new(false);
    let last: Rest<'_, C> = Box::new(|RequestContext { parts, frame, .. }| {
        let has_panicked = &has_panicked;
        Box::pin(async move {
            let parts = mem::replace(parts, Request::new(()).into_parts().0);
            let mut request = Request::from_parts(parts, body);
            let changes = frame.response();
            let mut scope = Enclosing::lend(mem::take(frame), &mut request);
            let mut ended = catch_panic(pin!(async { Ok(respond(request).await) })).await;
            *frame = scope.give_back();
            if let (Ok(response), Some(changes)) = (&mut ended, changes) {
                changes.move_status(response);
            }
            // An endpoint among the handlers says how it was completed.
            let ended = ended.and_then(|mut response| match response.extensions_mut().remove() {
                None | Some(Completion::Answered) => Ok(response),
                Some(completion) => Err((response, completion)),
            });
            marked(ended, has_panicked)
        })
    });
    let response = chain(arounds, last, &has_panicked)(context).await;
    completed(response, &has_panicked)
}

/// Puts the around functions, outermost first, around `last`.
fn chain<'a, C: Send + Sync>(
    arounds: &'a [AroundEntry<C>],
    last: Rest<'a, C>,
    has_panicked: &'a AtomicBool,
) -> Rest<'a, C> {
    arounds.iter().rev().fold(last, |rest, around| {
        Box::new(move |context| {
            let future = (around.run)(AroundRequest { context, rest });
            Box::pin(async move { marked(catch_panic(pin!(future)).await, has_panicked) })
        })
    })
}

/// Mark of a response that is a rejection. If an around function replaces the response, or changes its status, the response
/// is the function's own.
#[derive(Clone, Copy)]
struct Rejected(StatusCode);

/// Returns the response, with a mark if it is a rejection.
fn marked(ended: Result<Response, (Response, Completion)>, has_panicked: &AtomicBool) -> Response {
    match ended {
        Ok(response) => response,
        Err((mut response, completion)) => {
            match completion {
                Completion::Rejected => {
                    let mark = Rejected(response.status());
                    response.extensions_mut().insert(mark);
                }
                Completion::Panicked => has_panicked.store(true, Ordering::Relaxed),
                Completion::Answered => {}
            }
            response
        }
    }
}

/// Returns the response that is sent, and what it says about the request. A panic is not a success, whatever an around
/// function returns after it.
fn completed(mut response: Response, has_panicked: &AtomicBool) -> (Response, Completion) {
    let mark = response.extensions_mut().remove();
    if has_panicked.load(Ordering::Relaxed) {
        if response.status().as_u16() < 400 {
            response = Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        return (response, Completion::Panicked);
    }
    match mark {
        Some(Rejected(status)) if status == response.status() => (response, Completion::Rejected),
        _ => (response, Completion::Answered),
    }
}
