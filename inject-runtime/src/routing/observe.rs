//! Observation of requests, for metrics.

use std::{
    cell::Cell,
    convert::Infallible,
    fmt,
    mem::ManuallyDrop,
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::{extract::Request, http::StatusCode, response::Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    endpoint_label::{EndpointLabel, Entered, Label, OfThread, clone_of},
    frame::Outcome,
};

/// Layer that observes requests: it calls a function at the end of each, with the labels that metrics need.
///
/// What to record, and with which crate, is up to the application. The labels are of low cardinality: the template of
/// the route and not the path, and no values of the client but a method that HTTP defines.
///
/// ```
/// use axum::Router;
/// use inject_runtime::{ObserveLayer, Routes, container, get, routes};
///
/// #[get("/items/{id}", public)]
/// pub async fn show() {}
///
/// #[container]
/// pub struct App {}
///
/// fn router(app: std::sync::Arc<App>) -> Router {
///     let routes: Routes<App> = routes![show];
///     routes.into_router(app).layer(ObserveLayer::new(|seen| {
///         let labels = [seen.method(), seen.route().unwrap_or("unmatched"), seen.outcome()];
///         let seconds = seen.duration().as_secs_f64();
///         // metrics::histogram!("http_requests", "method" => labels[0], ..).record(seconds);
///         # let _ = (labels, seconds);
///     }))
/// }
/// # let _ = router;
/// ```
#[derive(Clone)]
pub struct ObserveLayer {
    observe: Arc<Observe>,
}

type Observe = dyn Fn(&ObservedRequest<'_>) + Send + Sync;

impl ObserveLayer {
    /// Creates a layer that calls `observe` when the head of a response is known, or when the request is canceled.
    ///
    /// `observe` runs in the task of the request, and must not block. It should not panic: its panic would be one of the
    /// connection.
    pub fn new(observe: impl Fn(&ObservedRequest<'_>) + Send + Sync + 'static) -> Self {
        Self { observe: Arc::new(observe) }
    }
}

impl fmt::Debug for ObserveLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObserveLayer").finish_non_exhaustive()
    }
}

impl<S> Layer<S> for ObserveLayer {
    type Service = ObserveService<S>;

    fn layer(&self, inner: S) -> ObserveService<S> {
        ObserveService { inner, observe: Arc::clone(&self.observe) }
    }
}

/// Request that has ended, as [`ObserveLayer`] has seen it.
#[derive(Debug)]
pub struct ObservedRequest<'a> {
    method: &'static str,
    seen: Option<&'a Seen>,
    status: Option<StatusCode>,
    duration: Duration,
}

impl<'a> ObservedRequest<'a> {
    /// HTTP method, such as `GET`. `OTHER` if HTTP does not define it.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    fn label(&self) -> Option<&'a EndpointLabel> {
        Some(&*self.seen?.label)
    }

    /// Template of the route, with the prefixes of nested routes: `/v1/items/{id}`. `None` if no endpoint has answered:
    /// there is no such route, or it is a plain route of axum's, or a layer has answered.
    #[must_use]
    pub fn route(&self) -> Option<&'a str> {
        Some(&*self.label()?.route)
    }

    /// Path of the function that has answered: `shop::items::show`.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'a str> {
        Some(&*self.label()?.endpoint)
    }

    /// Access policy of the endpoint, as the [route table](crate::RouteTable) shows it.
    #[must_use]
    pub fn policy(&self) -> Option<&'a str> {
        Some(&*self.label()?.policy)
    }

    /// Status of the response. `None` if the request was canceled: its client disconnected, or a timeout elapsed outside
    /// of the layer.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// How the request ended: `success`, `failure`, `rejection`, `panic`, `cancelled`.
    ///
    /// A rejection is by a guard, a policy or an extractor; a failure is by the function of the endpoint, or by the
    /// teardown of a resource. Of a request that no endpoint has answered, the status tells a success from a failure.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        let Some(status) = self.status else { return "cancelled" };
        match self.seen.and_then(Seen::outcome) {
            Some(Outcome::Panic) => "panic",
            Some(Outcome::Rejection(_)) => "rejection",
            Some(Outcome::Failure(_)) => "failure",
            _ if status.as_u16() >= 400 => "failure",
            _ => "success",
        }
    }

    /// Time from the arrival of the head of the request to the head of the response.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }
}

/// What an endpoint tells the layer.
#[derive(Debug)]
struct Seen {
    label: Arc<EndpointLabel>,
    /// That of the last attempt.
    outcome: Mutex<Option<Outcome>>,
}

impl Seen {
    fn outcome(&self) -> Option<Outcome> {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    /// Observation of the request whose future is being polled on this thread.
    static CURRENT: OfThread<OnceLock<Seen>> = const { Cell::new(ManuallyDrop::new(None)) };
}

/// Place where the first endpoint that answers a request leaves its label and its outcome.
#[derive(Clone)]
pub(super) struct Observation(Arc<OnceLock<Seen>>);

impl Observation {
    /// Returns the observation of the request that is polled on this thread, if it has no label yet, and sets its label.
    #[inline]
    pub(super) fn begin(label: &Label) -> Option<Self> {
        Self::of(clone_of(&CURRENT)?, label)
    }

    #[cold]
    fn of(seen: Arc<OnceLock<Seen>>, label: &Label) -> Option<Self> {
        let label = Arc::clone(label.as_ref()?);
        seen.set(Seen { label, outcome: Mutex::default() }).is_ok().then_some(Self(seen))
    }

    pub(super) fn end(&self, outcome: Outcome) {
        if let Some(seen) = self.0.get() {
            *seen.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        }
    }
}

/// Service created by [`ObserveLayer`].
#[derive(Clone)]
pub struct ObserveService<S> {
    inner: S,
    observe: Arc<Observe>,
}

impl<S: fmt::Debug> fmt::Debug for ObserveService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObserveService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S> Service<Request> for ObserveService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Observing<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Observing<S::Future> {
        // Of a layer around this one, unless the request has been sent on by an endpoint, which is the one that it sees.
        let outer = clone_of(&CURRENT).filter(|seen| seen.get().is_none());
        let mut end = End {
            observe: Some(Arc::clone(&self.observe)),
            method: method(request.method().as_str()),
            seen: Some(outer.unwrap_or_default()),
            start: Instant::now(),
        };
        let future = {
            let _entered = Entered::enter_in(&CURRENT, &mut end.seen);
            self.inner.call(request)
        };
        Observing { future, end }
    }
}

fn method(method: &str) -> &'static str {
    const METHODS: [&str; 9] =
        ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("OTHER")
}

pin_project! {
    /// Future of [`ObserveService`].
    pub struct Observing<F> {
        #[pin]
        future: F,
        end: End,
    }
}

impl<F> fmt::Debug for Observing<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observing").finish_non_exhaustive()
    }
}

/// Calls the function once: at the end, or when the request is dropped before.
struct End {
    observe: Option<Arc<Observe>>,
    method: &'static str,
    seen: Option<Arc<OnceLock<Seen>>>,
    start: Instant,
}

impl End {
    fn observe(&mut self, status: Option<StatusCode>) {
        if let Some(observe) = self.observe.take() {
            observe(&ObservedRequest {
                method: self.method,
                seen: self.seen.as_ref().and_then(|seen| seen.get()),
                status,
                duration: self.start.elapsed(),
            });
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.observe(None);
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Observing<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = {
            let _entered = Entered::enter_in(&CURRENT, &mut this.end.seen);
            this.future.poll(cx)
        };
        let Ok(response) = ready!(polled);
        this.end.observe(Some(response.status()));
        Poll::Ready(Ok(response))
    }
}
