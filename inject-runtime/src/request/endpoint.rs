//! Endpoints: functions under `#[get]` and its siblings.

use std::{
    any::TypeId,
    collections::HashSet,
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::Body,
    extract::Request,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tower_service::Service;

use super::{
    check::RoleCheck,
    parameter::{Parameter, extracted},
    role::{Role, authorize},
    scope::{End, Overrides, Unit, panicked},
    spec::{EndpointSpec, GuardSpec},
    tasks::Tasks,
};
use crate::{container::Container, graph::Node, injectable::BoxFuture, plan::Message};

/// An endpoint, whatever the container.
pub trait Described: 'static {
    /// The description.
    const SPEC: &'static EndpointSpec;
}

/// An endpoint in an application with container `C`. `M` is axum's mark of what its last parameter reads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an endpoint",
    label = "expected an async function under `#[get]`, `#[post]` or another of them",
    note = "[inject/endpoint] `routes![..]` takes endpoints by name; plain axum routes are merged: `routes![..].merge(Router::new().route(..))`"
)]
pub trait Endpoint<C: Container, M>: Described {
    /// The components that the function itself takes from the container.
    const INJECTED: &'static [Node];

    /// Extracts the parameters, the guard first, and calls the function. `Err` is the response of the extractor that rejects.
    fn respond(
        parts: Parts,
        body: Body,
        container: Arc<C>,
    ) -> impl Future<Output = Result<Response, Response>> + Send + 'static;
}

/// What the function of an endpoint answers.
///
/// # Errors
///
/// Never: a response of the handler, whatever its status, is no rejection.
#[inline]
pub fn answer(answer: impl IntoResponse) -> Result<Response, Response> {
    Ok(answer.into_response())
}

/// An endpoint with its types gone.
pub(super) struct Entry<C> {
    pub(super) spec: &'static EndpointSpec,
    pub(super) injected: &'static [Node],
    respond: Respond<C>,
}

/// Answers a request, as [`Endpoint::respond`] does.
type Respond<C> = fn(Request, Arc<C>) -> Responding;

type Responding = BoxFuture<'static, Result<Response, Response>>;

impl<C: Container + Send + Sync> Entry<C> {
    pub(super) fn of<E: Endpoint<C, M>, M>() -> Self {
        Self { spec: E::SPEC, injected: E::INJECTED, respond: respond::<E, C, M> }
    }

    /// The service, in the surroundings that routes have put around it.
    pub(super) fn service(&self, surroundings: &Surroundings<C>, container: &Arc<C>) -> EndpointService<C> {
        let needs_scope =
            self.spec.needs_scope() || !surroundings.guards.is_empty() || surroundings.overrides.is_some();
        EndpointService {
            respond: self.respond,
            container: Arc::clone(container),
            surroundings: needs_scope.then(|| {
                let asked_for = Arc::new(self.spec.asked_for());
                Arc::new(Surroundings { asked_for, ..surroundings.clone() })
            }),
        }
    }
}

/// All that is compiled for each endpoint: what is the same for all of them is in [`caught`] and [`scoped`].
fn respond<E: Endpoint<C, M>, C: Container + Send + Sync, M>(
    request: Request,
    container: Arc<C>,
) -> Responding {
    let (parts, body) = request.into_parts();
    Box::pin(E::respond(parts, body, container))
}

/// An endpoint at work in a scope, which is to know how the endpoint came to its response.
struct Answering {
    responding: Responding,
}

impl Future for Answering {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let (response, end) = ready!(caught(&mut self.responding, cx));
        Poll::Ready(if end == End::Answered { response } else { marked(response, end) })
    }
}

fn marked(mut response: Response, end: End) -> Response {
    response.extensions_mut().insert(end);
    response
}

/// What routes put around an endpoint.
pub(super) struct Surroundings<C> {
    /// Outermost first.
    pub(super) guards: Vec<Guard<C>>,
    pub(super) overrides: Option<Arc<Overrides>>,
    pub(super) tasks: Tasks,
    /// The types of the values of the request scope that the endpoint asks for; of a plain handler, nobody knows.
    pub(super) asked_for: Arc<HashSet<TypeId>>,
}

impl<C> Clone for Surroundings<C> {
    fn clone(&self) -> Self {
        Self {
            guards: self.guards.clone(),
            overrides: self.overrides.clone(),
            tasks: self.tasks.clone(),
            asked_for: Arc::clone(&self.asked_for),
        }
    }
}

/// A guard of routes: an extractor whose value nobody takes.
pub(super) struct Guard<C> {
    pub(super) label: &'static str,
    /// What it asks of roles.
    pub(super) roles: Option<Arc<RoleCheck>>,
    /// What it asks a client for.
    pub(super) spec: GuardSpec,
    pub(super) check: Arc<Check<C>>,
}

pub(super) type Check<C> =
    dyn for<'a> Fn(&'a mut Parts, &'a Arc<C>) -> BoxFuture<'a, Result<(), Response>> + Send + Sync;

impl<C> Clone for Guard<C> {
    fn clone(&self) -> Self {
        Self { label: self.label, roles: self.roles.clone(), spec: self.spec, check: Arc::clone(&self.check) }
    }
}

/// One service type for all endpoints of a container: what axum makes of a service is compiled once, and not for each.
///
/// It is no `Handler`, which axum would wrap in a service that looks at the type of every body and clones the state once more.
pub(super) struct EndpointService<C> {
    respond: Respond<C>,
    container: Arc<C>,
    /// Where there is anything to share, to close, to guard or to override.
    surroundings: Option<Arc<Surroundings<C>>>,
}

impl<C> Clone for EndpointService<C> {
    fn clone(&self) -> Self {
        Self {
            respond: self.respond,
            container: Arc::clone(&self.container),
            surroundings: self.surroundings.clone(),
        }
    }
}

impl<C: Container + Send + Sync> Service<Request> for EndpointService<C> {
    type Response = Response;
    type Error = Infallible;
    type Future = Serving;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Serving {
        let (respond, container) = (self.respond, Arc::clone(&self.container));
        match &self.surroundings {
            None => Serving::Bare(respond(request, container)),
            Some(surroundings) => {
                let surroundings = Arc::clone(surroundings);
                Serving::Scoped(Box::pin(scoped(
                    surroundings,
                    request,
                    container,
                    move |request, container| Answering { responding: respond(request, container) },
                )))
            }
        }
    }
}

/// An endpoint at work, with or without a scope.
pub(super) enum Serving {
    Bare(Responding),
    Scoped(BoxFuture<'static, Response>),
}

impl Future for Serving {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut *self {
            Self::Bare(responding) => ready!(caught(responding, cx)).0,
            Self::Scoped(scoped) => ready!(scoped.as_mut().poll(cx)),
        };
        Poll::Ready(Ok(response))
    }
}

/// Polls an endpoint, and answers where it panics.
#[inline]
fn caught(responding: &mut Responding, cx: &mut Context<'_>) -> Poll<(Response, End)> {
    // Not as what the closure returns, which is moved several times.
    let mut polled = Poll::Pending;
    match catch_unwind(AssertUnwindSafe(|| polled = responding.as_mut().poll(cx))) {
        Ok(()) => match ready!(polled) {
            Ok(response) => Poll::Ready((response, End::Answered)),
            Err(response) => Poll::Ready((response, End::Rejected)),
        },
        Err(panic) => Poll::Ready((panicked(&*panic), End::Panicked)),
    }
}

/// Answers a request under a scope.
pub(super) async fn scoped<C, F>(
    surroundings: Arc<Surroundings<C>>,
    request: Request,
    container: Arc<C>,
    respond: impl FnOnce(Request, Arc<C>) -> F + Send,
) -> Response
where
    C: Send + Sync,
    F: Future<Output = Response> + Send,
{
    // Before everything else, so that it is dropped after everything else.
    let mut unit = Unit::new(
        surroundings.overrides.clone(),
        surroundings.tasks.clone(),
        Some(Arc::clone(&surroundings.asked_for)),
    );
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(unit.scope());
    let mut response = match guarded(&surroundings.guards, &mut parts, &container).await {
        Ok(()) => respond(Request::from_parts(parts, body), container).await,
        Err(rejection) => rejection,
    };
    let end = response.extensions_mut().remove::<End>().unwrap_or(End::Answered);
    unit.finish(response, end).await
}

async fn guarded<C>(guards: &[Guard<C>], parts: &mut Parts, container: &Arc<C>) -> Result<(), Response> {
    for guard in guards {
        match AssertUnwindSafe((guard.check)(parts, container)).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(response)) => return Err(marked(response, End::Rejected)),
            Err(panic) => return Err(marked(panicked(&*panic), End::Panicked)),
        }
    }
    Ok(())
}

/// The guard that extracts a `T` and lets it go.
pub(super) fn extracting<T: Parameter<C> + 'static, C: Send + Sync + 'static>() -> Guard<C> {
    Guard {
        label: std::any::type_name::<T>(),
        roles: None,
        spec: GuardSpec { id: TypeId::of::<T>, principal: None },
        check: Arc::new(|parts, container| {
            Box::pin(async move { extracted(T::extract(parts, container).await).map(drop) })
        }),
    }
}

/// The guard that asks for a role.
pub(super) fn requiring<R, C>(any_of: Vec<R>) -> Guard<C>
where
    R: Role<Principal: Parameter<C>>,
    C: Send + Sync + 'static,
{
    let any_of: Arc<[R]> = any_of.into();
    Guard {
        label: std::any::type_name::<R>(),
        roles: Some(Arc::new(RoleCheck::of(&any_of))),
        spec: GuardSpec { id: TypeId::of::<R::Principal>, principal: R::PRINCIPAL },
        check: Arc::new(move |parts, container| {
            let any_of = Arc::clone(&any_of);
            Box::pin(async move {
                let principal = extracted(R::Principal::extract(parts, container).await)?;
                authorize(principal, &any_of).map(drop)
            })
        }),
    }
}

/// Two endpoints of the same routes that answer the same requests.
#[derive(Debug)]
pub struct Overlap {
    endpoint: usize,
    message: Message,
}

impl Overlap {
    /// The error, if it is about the endpoint at that place.
    #[must_use]
    pub const fn at(&self, place: usize) -> Option<&Message> {
        if self.endpoint == place { Some(&self.message) } else { None }
    }
}

/// The first endpoint that answers the same requests as one before it.
///
/// The verdict is returned, and the caller panics: a panic in here would print this function's frames at the user. Endpoints are sorted by
/// their key (a heap sort), since to compare each with each takes constants longer than rustc has patience for.
#[must_use]
pub const fn overlap<const N: usize>(specs: [&'static EndpointSpec; N]) -> Option<Overlap> {
    let mut order = [0; N];
    let mut index = 0;
    while index < N {
        order[index] = index;
        index += 1;
    }
    let mut start = N / 2;
    while start > 0 {
        start -= 1;
        sift(&mut order, &specs, start, N);
    }
    let mut end = N;
    while end > 1 {
        end -= 1;
        (order[0], order[end]) = (order[end], order[0]);
        sift(&mut order, &specs, 0, end);
    }
    let mut found: Option<(usize, usize)> = None;
    index = 0;
    while index < N {
        // Those of the same key are next to each other, in the order in which they were given.
        let mut other = index + 1;
        while other < N && specs[order[index]].key == specs[order[other]].key {
            let is_first = match found {
                Some((endpoint, _)) => order[other] < endpoint,
                None => true,
            };
            if is_first && same_requests(specs[order[index]], specs[order[other]]) {
                found = Some((order[other], order[index]));
            }
            other += 1;
        }
        index += 1;
    }
    match found {
        Some((endpoint, other)) => {
            Some(Overlap { endpoint, message: both_answer(specs[endpoint], specs[other]) })
        }
        None => None,
    }
}

/// Moves the entry at `root` of a heap of `end` entries down to its place.
const fn sift(order: &mut [usize], specs: &[&EndpointSpec], mut root: usize, end: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            return;
        }
        if child + 1 < end && is_before(specs, order[child], order[child + 1]) {
            child += 1;
        }
        if !is_before(specs, order[root], order[child]) {
            return;
        }
        (order[root], order[child]) = (order[child], order[root]);
        root = child;
    }
}

const fn is_before(specs: &[&EndpointSpec], a: usize, b: usize) -> bool {
    let (key_a, key_b) = (specs[a].key, specs[b].key);
    key_a < key_b || (key_a == key_b && a < b)
}

const fn same_requests(a: &EndpointSpec, b: &EndpointSpec) -> bool {
    same_text(a.method.as_bytes(), b.method.as_bytes()) && same_path(a.path.as_bytes(), b.path.as_bytes())
}

const fn both_answer(endpoint: &EndpointSpec, other: &EndpointSpec) -> Message {
    let mut message = Message::new();
    message.push("`");
    message.push(endpoint.name);
    message.push("` and `");
    message.push(other.name);
    message.push("` both answer ");
    message.push(endpoint.method);
    message.push(" ");
    message.push(endpoint.path);
    message.push("\n  `");
    message.push(other.name);
    message.push("` at ");
    message.push_location(other.location.file, other.location.line);
    message.push("\n  `");
    message.push(endpoint.name);
    message.push("` at ");
    message.push_location(endpoint.location.file, endpoint.location.line);
    message.push("\n  give one of them another path or method [inject/endpoint]");
    message
}

const fn same_text(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether two paths match the same requests: parameters are alike, whatever their names.
pub(super) const fn same_path(a: &[u8], b: &[u8]) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] != b[j] {
            return false;
        }
        if a[i] == b'{' {
            // `{*rest}` and `{id}` differ.
            let wild = i + 1 < a.len() && a[i + 1] == b'*';
            if wild != (j + 1 < b.len() && b[j + 1] == b'*') {
                return false;
            }
            while i < a.len() && a[i] != b'}' {
                i += 1;
            }
            while j < b.len() && b[j] != b'}' {
                j += 1;
            }
        }
        i += 1;
        j += 1;
    }
    i >= a.len() && j >= b.len()
}
