//! Around functions: they run around endpoints, in the request scope of the endpoint.
//!
//! An around function is inside of the access policy: [`answer`](super::answer) checks the access first. Each function
//! gets the request with the [rest](Rest) of the way, innermost the extraction of the endpoint's parameters and its
//! function. [`Next`] hands the request over.

use std::{
    fmt, mem,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::{
    body::Body,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::{
    Routes,
    access_check::ScopedRequest,
    answer::catch_panic,
    tree::{Item, is_nothing_guarded},
};
use crate::{
    boxed::BoxFuture,
    container::SharedContainer,
    frame::{Completion, Provision, RequestContext, panicked},
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

/// Runs the parameters of an endpoint and its function inside of its around functions. A panic becomes a response with
/// status 500.
#[cold]
pub(super) async fn run_within<C: SharedContainer>(
    ScopedRequest { parts, body, container, frame }: ScopedRequest<'_, C>,
    arounds: &[AroundEntry<C>],
    endpoint: impl for<'a> FnOnce(ScopedRequest<'a, C>) -> BoxFuture<'a, Provision<Response>> + Send,
) -> (Response, Completion) {
    let has_panicked = AtomicBool::new(false);
    let last: Rest<'_, C> = Box::new(|RequestContext { parts, container, frame }| {
        let has_panicked = &has_panicked;
        Box::pin(async move {
            let changes = frame.response();
            let mut ended = ended(endpoint(ScopedRequest { parts, body, container, frame })).await;
            if let (Ok(response), Some(changes)) = (&mut ended, changes) {
                // Around functions see the status.
                changes.move_status(response);
            }
            marked(ended, has_panicked)
        })
    });
    let response = chain(arounds, last, &has_panicked)(RequestContext { parts, container, frame }).await;
    completed(response, &has_panicked)
}

/// Awaits a response. A panic becomes a response with status 500.
async fn ended(
    future: impl Future<Output = Provision<Response>> + Send,
) -> Result<Response, (Response, Completion)> {
    match catch_panic(pin!(future)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(rejection)) => Err((rejection.into_inner(), Completion::Rejected)),
        Err(panic) => Err((panicked(&*panic), Completion::Panicked)),
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
            let mut ended = ended(async { Ok(respond(request).await) }).await;
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
            Box::pin(async move { marked(ended(future).await, has_panicked) })
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
                Completion::Answered | Completion::Cancelled => {}
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
