//! Assembly of an axum router.

use std::{
    fmt::Write as _,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use axum::{
    Router,
    extract::Request,
    http::Uri,
    middleware::{self, Next},
    routing::{MethodFilter, on_service},
};

use super::{
    service::{EndpointContext, RouteContext, run_plain},
    tree::{Item, Mapping, Mount, Mounted, Visit, join_path, walk},
};
use crate::{
    container::SharedContainer, frame::Plan, location::Location, metadata::Method, panic::panic_message,
};

/// Builds the router of `items`. Each endpoint and each plain router receives `context`, extended by the guards
/// that apply to it.
///
/// # Errors
///
/// Returns the reason why axum rejects a plain router or a mapped router.
pub(super) fn build_router<C: SharedContainer>(
    items: &[Item<C>],
    context: &RouteContext<C>,
    container: &Arc<C>,
) -> Result<Router<Arc<C>>, String> {
    let mut assembly = Assembly {
        router: Router::new(),
        outer: Vec::new(),
        endpoints: Vec::new(),
        unknown: Vec::new(),
        error: None,
    };
    walk(items, &mut |step| match step {
        Visit::Endpoint(mounted) => assembly.endpoint(&mounted, context, container),
        Visit::PlainRouter { router, added_at, at } => {
            let plain = scope_plain_router(router.clone(), context.at(at), container);
            assembly.unknown.push(("the plain router that is merged", added_at.unwrap_or(Location::EMPTY)));
            assembly.join(true, |around| match &*at.inner_prefix() {
                // axum keeps the default fallback of the argument: that of the plain router is in its scope.
                "" => plain.merge(around),
                prefix => around.nest(prefix, plain),
            });
        }
        Visit::EnterLayer | Visit::EnterMappings => assembly.enter(),
        Visit::LeaveLayer(apply, at) => {
            let layered = apply(assembly.leave());
            assembly.join(false, |around| merge_below(around, layered, at));
        }
        Visit::LeaveMappings(mappings, at) => {
            let inner = assembly.leave().with_state(Arc::clone(container));
            assembly.mapped(mappings, inner, at);
        }
    });
    match assembly.error {
        Some(error) => Err(error),
        None => Ok(assembly.router),
    }
}

/// Router that is being built.
struct Assembly<C> {
    router: Router<Arc<C>>,
    /// Routers outside of the layers and mappings that are entered and not yet left, innermost last.
    outer: Vec<Router<Arc<C>>>,
    /// Endpoints so far, for messages: name, method, path and place.
    endpoints: Vec<(&'static str, &'static str, String, Location)>,
    /// Routers so far whose routes are not known, for messages.
    unknown: Vec<(&'static str, Location)>,
    error: Option<String>,
}

impl<C: SharedContainer> Assembly<C> {
    fn endpoint(&mut self, mounted: &Mounted<'_, '_, C>, context: &RouteContext<C>, container: &Arc<C>) {
        let (spec, at) = (mounted.endpoint.spec, mounted.at);
        let service = mounted.endpoint.service(context.at(at), container, mounted.path.clone());
        let mut route = on_service(method_filter(spec.method), service);
        if at.outside > 0 {
            route = route.layer(middleware::map_request(restore_uri));
        }
        self.endpoints.push((spec.name, spec.method.as_str(), mounted.path.clone(), spec.location));
        let path = join_path(&at.inner_prefix(), spec.path);
        self.join(false, |router| router.route(&path, route));
    }

    fn enter(&mut self) {
        self.outer.push(mem::take(&mut self.router));
    }

    /// Returns the inner router, and continues with the one around it.
    fn leave(&mut self) -> Router<Arc<C>> {
        let around = self.outer.pop().unwrap_or_default();
        mem::replace(&mut self.router, around)
    }

    /// Adds the router of routes with a mapping.
    fn mapped(&mut self, mappings: &[Mapping], inner: Router, at: &Mount<'_, C>) {
        let Some(last) = mappings.last() else { return };
        let mapped = match apply(mappings, inner) {
            Ok(mapped) => mapped.with_state(()),
            Err(error) => {
                self.error.get_or_insert(error);
                return;
            }
        };
        self.unknown.push(("the router that is mapped", last.added_at));
        self.join(true, |around| match &*at.inner_prefix() {
            "" => around.merge(mapped),
            // Handlers receive the full path, which axum strips.
            prefix => {
                Router::new().nest(prefix, mapped).layer(middleware::map_request(save_uri)).merge(around)
            }
        });
    }

    /// Adds to the router. axum panics if a router whose routes are not known overlaps with others: the last one, if
    /// that is added.
    fn join(&mut self, is_unknown: bool, join: impl FnOnce(Router<Arc<C>>) -> Router<Arc<C>>) {
        if self.error.is_some() {
            return;
        }
        let router = mem::take(&mut self.router);
        match catch_unwind(AssertUnwindSafe(|| join(router))) {
            Ok(router) => self.router = router,
            Err(panic) => self.error = Some(self.refused(is_unknown, &panic_message(&*panic))),
        }
    }

    /// Words the refusal of a router, with the endpoint that axum's message is about.
    fn refused(&self, is_unknown: bool, reason: &str) -> String {
        let is_meant = |(_, method, path, _): &&(&str, &str, String, Location)| {
            reason.contains(&format!("`{method} {path}`"))
                || reason.ends_with(&format!("route: {path}"))
                || reason.contains(&format!("{path:?}"))
        };
        let unknown = if is_unknown { self.unknown.len().saturating_sub(1) } else { 0 };
        let mut routers = self.unknown.iter().skip(unknown).map(|(what, place)| format!("{what} at {place}"));
        let mut message = format!("axum rejects {}", routers.next().unwrap_or_else(|| "a route".to_owned()));
        for router in routers {
            _ = write!(message, ", or {router}");
        }
        for (name, method, path, location) in self.endpoints.iter().filter(is_meant) {
            _ = write!(message, "\n  it overlaps with endpoint `{name}` at {location}: {method} {path}");
        }
        format!("{message}\n  {reason} [inject/endpoint]")
    }
}

/// Applies the functions of `map_router`.
///
/// # Errors
///
/// Returns the message of a function that panics, with its place.
pub(super) fn apply(mappings: &[Mapping], router: Router) -> Result<Router, String> {
    mappings.iter().try_fold(router, |router, mapping| {
        let Some(map) = mapping.map.take() else { return Ok(router) };
        catch_unwind(AssertUnwindSafe(|| map(router))).map_err(|panic| {
            let reason = panic_message(&*panic);
            format!("`map_router` at {} panicked\n  {reason} [inject/endpoint]", mapping.added_at)
        })
    })
}

/// Merges a layered router. Under a prefix, its layer does not apply to the fallback of the router around it.
fn merge_below<C: SharedContainer>(
    around: Router<Arc<C>>,
    layered: Router<Arc<C>>,
    at: &Mount<'_, C>,
) -> Router<Arc<C>> {
    // axum keeps the default fallback of the argument.
    if at.prefixes.is_empty() { around.merge(layered) } else { layered.merge(around) }
}

/// Full URI of a request, where axum strips a prefix.
#[derive(Clone)]
struct FullUri(Uri);

async fn save_uri(mut request: Request) -> Request {
    let uri = request.uri().clone();
    request.extensions_mut().get_or_insert_with(|| FullUri(uri));
    request
}

async fn restore_uri(mut request: Request) -> Request {
    if let Some(FullUri(uri)) = request.extensions().get() {
        *request.uri_mut() = uri.clone();
    }
    request
}

/// Adds a layer to a plain router that opens a request scope for its handlers.
fn scope_plain_router<C: SharedContainer>(
    router: Router<Arc<C>>,
    context: RouteContext<C>,
    container: &Arc<C>,
) -> Router<Arc<C>> {
    let RouteContext { guards, arounds, overrides, tasks, .. } = context;
    let plan = Some(Arc::new(Plan::of_plain_handlers(overrides, tasks)));
    let (context, container) = (Arc::new(EndpointContext { guards, arounds, plan }), Arc::clone(container));
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        run_plain(Arc::clone(&context), request, Arc::clone(&container), |request| next.run(request))
    }))
}

const fn method_filter(method: Method) -> MethodFilter {
    match method {
        Method::Connect => MethodFilter::CONNECT,
        Method::Delete => MethodFilter::DELETE,
        Method::Get => MethodFilter::GET,
        Method::Head => MethodFilter::HEAD,
        Method::Options => MethodFilter::OPTIONS,
        Method::Patch => MethodFilter::PATCH,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Trace => MethodFilter::TRACE,
    }
}
