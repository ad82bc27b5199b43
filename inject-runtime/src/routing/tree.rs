//! Tree of routes, and the single function that traverses it.

use std::sync::Arc;

use axum::Router;

use super::{endpoint::Entry, guard::Guard};

/// Node of the route tree.
pub(super) enum Item<C> {
    Endpoint(Entry<C>),
    Plain(Router<Arc<C>>),
    Nested { prefix: String, items: Vec<Item<C>> },
    Guarded { guard: Guard<C>, items: Vec<Item<C>> },
    Layered { layer: ApplyLayer<C>, items: Vec<Item<C>> },
}

/// Function that adds a tower layer to a router.
pub(super) type ApplyLayer<C> = Box<dyn Fn(Router<Arc<C>>) -> Router<Arc<C>> + Send>;

/// Step of the traversal, in the order of the tree.
pub(super) enum Visit<'t, 'w, C> {
    Endpoint(Mounted<'t, 'w, C>),
    PlainRouter {
        router: &'t Router<Arc<C>>,
        prefix: &'w str,
        guards: &'w [&'t Guard<C>],
    },
    /// Start of a layer. It applies to the routes up to the matching `LeaveLayer`.
    EnterLayer,
    LeaveLayer(&'t ApplyLayer<C>),
}

/// Endpoint with its full path and its guards.
pub(super) struct Mounted<'t, 'w, C> {
    pub(super) endpoint: &'t Entry<C>,
    /// Full path, with the prefixes of nested routes.
    pub(super) path: String,
    /// Guards that apply to the endpoint, outermost first.
    pub(super) guards: &'w [&'t Guard<C>],
}

/// Visits all `items`, depth first.
pub(super) fn walk<'t, C>(items: &'t [Item<C>], visit: &mut impl FnMut(Visit<'t, '_, C>)) {
    walk_below(items, "", &mut Vec::new(), visit);
}

/// Visits the endpoints among `items`.
pub(super) fn walk_endpoints<'t, C>(items: &'t [Item<C>], visit: &mut impl FnMut(Mounted<'t, '_, C>)) {
    walk(items, &mut |step| {
        if let Visit::Endpoint(mounted) = step {
            visit(mounted);
        }
    });
}

fn walk_below<'t, C>(
    items: &'t [Item<C>],
    prefix: &str,
    guards: &mut Vec<&'t Guard<C>>,
    visit: &mut impl FnMut(Visit<'t, '_, C>),
) {
    for item in items {
        match item {
            Item::Endpoint(endpoint) => {
                let path = join_path(prefix, endpoint.spec.path);
                visit(Visit::Endpoint(Mounted { endpoint, path, guards }));
            }
            Item::Plain(router) => visit(Visit::PlainRouter { router, prefix, guards }),
            Item::Nested { prefix: inner, items } => {
                walk_below(items, &format!("{prefix}{inner}"), guards, visit);
            }
            Item::Guarded { guard, items } => {
                guards.push(guard);
                walk_below(items, prefix, guards, visit);
                guards.pop();
            }
            Item::Layered { layer, items } => {
                visit(Visit::EnterLayer);
                walk_below(items, prefix, guards, visit);
                visit(Visit::LeaveLayer(layer));
            }
        }
    }
}

fn join_path(prefix: &str, path: &str) -> String {
    if prefix.is_empty() || path != "/" { format!("{prefix}{path}") } else { prefix.to_owned() }
}
