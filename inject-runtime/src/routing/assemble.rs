//! Assembly of an axum router.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    routing::{MethodFilter, on_service},
};

use super::{
    service::{RouteContext, run_in_scope},
    tree::{Item, Visit, walk},
};
use crate::{container::SharedContainer, metadata::Method};

/// Builds the router of `items`. Each endpoint and each plain router receives `context`, extended by the guards
/// that apply to it.
pub(super) fn build_router<C: SharedContainer>(
    items: &[Item<C>],
    context: &RouteContext<C>,
    container: &Arc<C>,
) -> Router<Arc<C>> {
    let mut router = Router::new();
    // Routers outside the layers that are entered and not yet left, innermost last.
    let mut outer = Vec::new();
    walk(items, &mut |step| match step {
        Visit::Endpoint(mounted) => {
            let service = mounted.endpoint.service(&context.with_guards(mounted.guards), container);
            let method = method_filter(mounted.endpoint.spec.method);
            router = std::mem::take(&mut router).route(&mounted.path, on_service(method, service));
        }
        Visit::PlainRouter { router: plain, prefix, guards } => {
            let plain = scope_plain_router(plain.clone(), context.with_guards(guards), container);
            let around = std::mem::take(&mut router);
            router = if prefix.is_empty() { around.merge(plain) } else { around.nest(prefix, plain) };
        }
        Visit::EnterLayer => outer.push(std::mem::take(&mut router)),
        Visit::LeaveLayer(apply) => {
            let around: Router<Arc<C>> = outer.pop().unwrap_or_default();
            router = around.merge(apply(std::mem::take(&mut router)));
        }
    });
    router
}

/// Adds a layer to a plain router that opens a request scope for its handlers.
fn scope_plain_router<C: SharedContainer>(
    router: Router<Arc<C>>,
    context: RouteContext<C>,
    container: &Arc<C>,
) -> Router<Arc<C>> {
    let (context, container) = (Arc::new(context), Arc::clone(container));
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        run_in_scope(Arc::clone(&context), request, Arc::clone(&container), |request, _| next.run(request))
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
