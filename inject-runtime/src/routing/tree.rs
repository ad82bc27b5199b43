//! Tree of routes, and the single function that traverses it.

use std::{cell::Cell, sync::Arc};

use axum::Router;

use super::{around::AroundEntry, endpoint::Entry, guard::Guard};
use crate::location::Location;

/// Node of the route tree.
pub(super) enum Item<C> {
    Endpoint {
        endpoint: Entry<C>,
        added_at: Location,
    },
    Plain {
        router: Router<Arc<C>>,
        /// `None` until the routes are merged or nested.
        added_at: Option<Location>,
    },
    Nested {
        prefix: String,
        nested_at: Location,
        items: Vec<Item<C>>,
    },
    Guarded {
        guard: Guard<C>,
        items: Vec<Item<C>>,
    },
    Surrounded {
        around: AroundEntry<C>,
        items: Vec<Item<C>>,
    },
    Layered {
        layer: ApplyLayer<C>,
        items: Vec<Item<C>>,
    },
    /// Routes that are merged or nested after `map_router`.
    Mapped {
        mappings: Vec<Mapping>,
        items: Vec<Item<C>>,
    },
}

/// Function that adds a tower layer to a router.
pub(super) type ApplyLayer<C> = Box<dyn Fn(Router<Arc<C>>) -> Router<Arc<C>> + Send>;

/// Function of `map_router`, which is called once.
pub(super) struct Mapping {
    pub(super) map: Cell<Option<MapRouter>>,
    pub(super) added_at: Location,
}

pub(super) type MapRouter = Box<dyn FnOnce(Router) -> Router + Send>;

/// Step of the traversal, in the order of the tree.
pub(super) enum Visit<'t, 'w, C> {
    Endpoint(Mounted<'t, 'w, C>),
    PlainRouter {
        router: &'t Router<Arc<C>>,
        added_at: Option<Location>,
        at: &'w Mount<'t, C>,
    },
    /// Start of a layer. It applies to the routes up to the matching `LeaveLayer`.
    EnterLayer,
    LeaveLayer(&'t ApplyLayer<C>, &'w Mount<'t, C>),
    /// Start of a router that is mapped, up to the matching `LeaveMappings`.
    EnterMappings,
    LeaveMappings(&'t [Mapping], &'w Mount<'t, C>),
}

/// Endpoint with its full path and its position in the tree.
pub(super) struct Mounted<'t, 'w, C> {
    pub(super) endpoint: &'t Entry<C>,
    /// Place of the `routes!`.
    pub(super) added_at: Location,
    /// Full path, with the prefixes of nested routes.
    pub(super) path: String,
    pub(super) at: &'w Mount<'t, C>,
}

/// Position in the tree: what is around an item.
pub(super) struct Mount<'t, C> {
    /// Prefixes and the places where they are given, outermost first.
    pub(super) prefixes: Vec<(&'t str, Location)>,
    /// Number of the prefixes outside of the innermost mapped router.
    pub(super) outside: usize,
    /// Guards that apply to the endpoint, outermost first.
    pub(super) guards: Vec<&'t Guard<C>>,
    /// Around functions that apply to the endpoint, outermost first, without those of the endpoint itself.
    pub(super) arounds: Vec<&'t AroundEntry<C>>,
}

impl<C> Mount<'_, C> {
    /// Returns the prefix of the full path.
    pub(super) fn prefix(&self) -> String {
        joined(&self.prefixes)
    }

    /// Returns the prefix inside of the innermost mapped router.
    pub(super) fn inner_prefix(&self) -> String {
        joined(&self.prefixes[self.outside..])
    }
}

fn joined(prefixes: &[(&str, Location)]) -> String {
    prefixes.iter().map(|(prefix, _)| *prefix).collect()
}

/// Visits all `items`, depth first.
pub(super) fn walk<'t, C>(items: &'t [Item<C>], visit: &mut impl FnMut(Visit<'t, '_, C>)) {
    let mut mount = Mount { prefixes: Vec::new(), outside: 0, guards: Vec::new(), arounds: Vec::new() };
    walk_below(items, &mut mount, visit);
}

/// Visits the endpoints among `items`.
pub(super) fn walk_endpoints<'t, C>(items: &'t [Item<C>], visit: &mut impl FnMut(Mounted<'t, '_, C>)) {
    walk(items, &mut |step| {
        if let Visit::Endpoint(mounted) = step {
            visit(mounted);
        }
    });
}

impl<'t, C> Mounted<'t, '_, C> {
    /// Returns the around functions of the routes and of the endpoint, outermost first.
    pub(super) fn arounds(&self) -> impl Iterator<Item = &'t AroundEntry<C>> + use<'t, '_, C> {
        self.at.arounds.iter().copied().chain(&self.endpoint.arounds)
    }
}

/// Returns whether a guard or an around function around `items` applies to nothing. Guards do not apply to what `map_router` adds.
pub(super) fn is_nothing_guarded<C>(items: &[Item<C>]) -> bool {
    let mut is_nothing = true;
    walk(items, &mut |step| {
        is_nothing &= !matches!(step, Visit::Endpoint(_) | Visit::PlainRouter { .. });
    });
    is_nothing
}

/// Returns whether a layer around `items` applies to nothing.
pub(super) fn is_nothing_layered<C>(items: &[Item<C>]) -> bool {
    let mut is_nothing = is_nothing_guarded(items);
    walk(items, &mut |step| is_nothing &= !matches!(step, Visit::LeaveMappings(..)));
    is_nothing
}

/// Sets the place of the plain routers that have none.
pub(super) fn place_plain_routers<C>(items: &mut [Item<C>], place: Location) {
    for item in items {
        match item {
            Item::Plain { added_at, .. } => *added_at = added_at.or(Some(place)),
            Item::Endpoint { .. } => {}
            Item::Nested { items, .. }
            | Item::Guarded { items, .. }
            | Item::Surrounded { items, .. }
            | Item::Layered { items, .. }
            | Item::Mapped { items, .. } => place_plain_routers(items, place),
        }
    }
}

fn walk_below<'t, C>(
    items: &'t [Item<C>],
    mount: &mut Mount<'t, C>,
    visit: &mut impl FnMut(Visit<'t, '_, C>),
) {
    for item in items {
        match item {
            Item::Endpoint { endpoint, added_at } => {
                let path = join_path(&mount.prefix(), endpoint.spec.path);
                visit(Visit::Endpoint(Mounted { endpoint, added_at: *added_at, path, at: mount }));
            }
            Item::Plain { router, added_at } => {
                visit(Visit::PlainRouter { router, added_at: *added_at, at: mount });
            }
            Item::Nested { prefix, nested_at, items } => {
                mount.prefixes.push((prefix, *nested_at));
                walk_below(items, mount, visit);
                mount.prefixes.pop();
            }
            Item::Guarded { guard, items } => {
                mount.guards.push(guard);
                walk_below(items, mount, visit);
                mount.guards.pop();
            }
            Item::Surrounded { around, items } => {
                mount.arounds.push(around);
                walk_below(items, mount, visit);
                mount.arounds.pop();
            }
            Item::Layered { layer, items } => {
                visit(Visit::EnterLayer);
                walk_below(items, mount, visit);
                visit(Visit::LeaveLayer(layer, mount));
            }
            Item::Mapped { mappings, items } => {
                visit(Visit::EnterMappings);
                let outside = std::mem::replace(&mut mount.outside, mount.prefixes.len());
                walk_below(items, mount, visit);
                mount.outside = outside;
                visit(Visit::LeaveMappings(mappings, mount));
            }
        }
    }
}

/// Adds `path` to a prefix.
pub(super) fn join_path(prefix: &str, path: &str) -> String {
    if prefix.is_empty() || path != "/" { format!("{prefix}{path}") } else { prefix.to_owned() }
}
