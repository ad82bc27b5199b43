//! Route table.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use super::{
    around::AroundEntry,
    guard::Guard,
    tree::{Item, Mapping, Mounted, Visit, walk},
};
use crate::{
    location::Location,
    metadata::{AroundSpec, Ports, injected, role_checks},
    policy::{Policy, RoleCheck},
};

/// Table of the endpoints of [`Routes`](crate::Routes), as data: see [`Routes::table`](crate::Routes::table).
/// `Display` prints it in columns.
///
/// axum does not disclose the routes of a router. So the table has a [`PlainRouterInfo`] for each plain axum router
/// that is merged or nested, and for each `map_router`.
///
/// ```
/// use inject_runtime::{Policy, Routes, container, get, routes};
///
/// #[get("/health", public)]
/// pub async fn health() -> &'static str {
///     "ok"
/// }
///
/// #[container]
/// pub struct App {}
///
/// let routes: Routes<App> = Routes::new().nest("/api", routes![health]);
/// let table = routes.table();
/// let [route] = table.rows() else { panic!("one route") };
/// assert_eq!((route.method, route.path.as_str()), ("GET", "/api/health"));
/// assert_eq!(route.policy, Policy::Public);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RouteTable {
    rows: Vec<RouteInfo>,
    plain_routers: Vec<PlainRouterInfo>,
}

/// Row of a [`RouteTable`]: the data of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RouteInfo {
    /// HTTP method, such as `GET`.
    pub method: &'static str,
    /// Full path, with the prefixes of nested routes.
    pub path: String,
    /// Name of the function.
    pub handler: &'static str,
    /// Module of the function.
    pub module: &'static str,
    /// Access policy of the endpoint.
    pub policy: Policy,
    /// Guards that apply to the endpoint, outermost first.
    pub guards: Vec<GuardInfo>,
    /// Around functions of the endpoint, outermost first.
    pub arounds: Vec<AroundInfo>,
    /// Role checks of the guards, of the policy, and of the proofs among the parameters. A request must pass all
    /// of them.
    pub checks: Vec<RoleCheck>,
    /// Settings of the transactions of the endpoint, as written in `#[transaction(..)]`: `retry = 3`.
    pub transaction: Option<&'static str>,
    /// Dependencies of the endpoint other than plain extractors: components of the container, values of
    /// providers, request-scoped components.
    pub injects: Vec<&'static str>,
    /// Parameters of the function: name and type, as written in the source.
    pub parameters: Vec<(&'static str, &'static str)>,
    /// Source location of the declaration.
    pub location: Location,
}

/// Guard of routes, in a [`RouteTable`]. `Display` shows what it requires: `Owner | Writer`, `KeyChecked`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GuardInfo {
    /// Name of the type that is extracted, of the role, or of the requirement.
    pub ty: Cow<'static, str>,
    /// Checks of a guard that [`Routes::require_role`](crate::Routes::require_role) or
    /// [`Routes::require`](crate::Routes::require) adds: a request must pass all of them.
    pub checks: Vec<RoleCheck>,
}

/// Around function, in a [`RouteTable`]. `Display` shows its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AroundInfo {
    /// Name of the function.
    pub name: &'static str,
    /// Module of the function.
    pub module: &'static str,
    /// Source location of the declaration.
    pub location: Location,
}

impl AroundInfo {
    fn of<C>(around: &AroundEntry<C>) -> Self {
        let AroundSpec { name, module, location, .. } = *around.spec;
        Self { name, module, location }
    }
}

impl fmt::Display for AroundInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Row of a [`RouteTable`]: a router whose routes are not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PlainRouterInfo {
    /// Paths of its routes: `/*`, or `/prefix/*`.
    pub path: String,
    /// How it is added.
    pub source: PlainRouterSource,
    /// Guards that apply to all of its routes, outermost first.
    pub guards: Vec<GuardInfo>,
    /// Around functions that apply to all of its routes, outermost first.
    pub arounds: Vec<AroundInfo>,
    /// Source location where it is merged, nested or mapped. `None` for a router that is all routes.
    pub location: Option<Location>,
}

/// Way in which a router whose routes are not known is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlainRouterSource {
    /// A plain axum router: [`Routes::merge`](crate::Routes::merge).
    Merged,
    /// A function that may add routes: [`Routes::map_router`](crate::Routes::map_router). Guards do not apply to them.
    Mapped,
}

impl PlainRouterSource {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Mapped => "mapped",
        }
    }
}

impl GuardInfo {
    fn all<C>(guards: &[&Guard<C>]) -> Vec<Self> {
        let info = |guard: &&Guard<C>| Self { ty: guard.label.clone(), checks: guard.checks.to_vec() };
        guards.iter().map(info).collect()
    }
}

impl fmt::Display for GuardInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.checks.is_empty() {
            return f.write_str(&without_paths(&self.ty));
        }
        let show = |check: &RoleCheck| {
            let roles = check.any_of.iter().map(|role| without_paths(role));
            roles.chain(check.permissions.iter().cloned()).collect::<Vec<_>>().join(" | ")
        };
        f.write_str(&self.checks.iter().map(show).collect::<Vec<_>>().join(" + "))
    }
}

/// Returns a type name without the paths: `Authorized<Admin>` for `inject_runtime::Authorized<shop::roles::Admin>`.
fn without_paths(ty: &str) -> String {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let parts = ty.split_inclusive(|letter| !is_path(letter));
    parts.map(|part| part.rsplit("::").next().unwrap_or(part)).collect()
}

impl RouteInfo {
    fn of<C>(mounted: Mounted<'_, '_, C>, ports: &Ports) -> Self {
        let arounds: Vec<_> = mounted.arounds().collect();
        let Mounted { endpoint, path, at, .. } = mounted;
        let spec = endpoint.spec;
        let guarded = at.guards.iter().flat_map(|guard| guard.checks.iter().cloned());
        Self {
            method: spec.method.as_str(),
            path,
            handler: spec.name,
            module: spec.module,
            policy: spec.policy,
            guards: GuardInfo::all(&at.guards),
            arounds: arounds.iter().copied().map(AroundInfo::of).collect(),
            checks: guarded
                .chain(role_checks(spec, arounds.iter().map(|around| around.spec), ports))
                .collect(),
            transaction: Some(endpoint.transaction.text).filter(|text| !text.is_empty()),
            injects: injected(spec.parameters),
            parameters: spec.parameters.iter().map(|parameter| (parameter.name, parameter.ty)).collect(),
            location: spec.location,
        }
    }
}

impl RouteTable {
    /// Creates the table of `items`, whose router is mapped, with these providers behind ports.
    pub(super) fn of<C>(items: &[Item<C>], mappings: &[Mapping], ports: &Ports) -> Self {
        let mut table = Self { rows: Vec::new(), plain_routers: Vec::new() };
        walk(items, &mut |step| match step {
            Visit::Endpoint(mounted) => table.rows.push(RouteInfo::of(mounted, ports)),
            Visit::PlainRouter { added_at, at, .. } => table.plain_routers.push(PlainRouterInfo {
                path: format!("{}/*", at.prefix()),
                source: PlainRouterSource::Merged,
                guards: GuardInfo::all(&at.guards),
                arounds: at.arounds.iter().copied().map(AroundInfo::of).collect(),
                location: added_at,
            }),
            Visit::LeaveMappings(mappings, at) => table.add_mapped(mappings, &at.prefix()),
            Visit::EnterLayer | Visit::LeaveLayer(..) | Visit::EnterMappings => {}
        });
        table.add_mapped(mappings, "");
        table
    }

    fn add_mapped(&mut self, mappings: &[Mapping], prefix: &str) {
        self.plain_routers.extend(mappings.iter().map(|mapping| PlainRouterInfo {
            path: format!("{prefix}/*"),
            source: PlainRouterSource::Mapped,
            guards: Vec::new(),
            arounds: Vec::new(),
            location: Some(mapping.added_at),
        }));
    }

    /// Returns the endpoints, in the order in which they were added.
    #[must_use]
    pub fn rows(&self) -> &[RouteInfo] {
        &self.rows
    }

    /// Returns the routers whose routes are not known: plain axum routers, and those that `map_router` adds to.
    #[must_use]
    pub fn plain_routers(&self) -> &[PlainRouterInfo] {
        &self.plain_routers
    }
}

const HEAD: [&str; 7] = ["METHOD", "PATH", "HANDLER", "GUARDS", "POLICY", "AROUND", "INJECTS"];

/// Column of the around functions, which is left out if there are none.
const AROUND: usize = 5;

impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.rows.iter().map(|row| {
            [
                row.method.to_owned(),
                row.path.clone(),
                row.handler.to_owned(),
                joined(&row.guards, " + "),
                row.policy.to_string(),
                joined(&row.arounds, ", "),
                row.injects.join(", "),
            ]
        });
        let unknown = self.plain_routers.iter().map(|router| {
            let handler = match router.source {
                PlainRouterSource::Merged => "axum::Router",
                PlainRouterSource::Mapped => "map_router",
            };
            let place = router.location.map(|place| format!(" ({place})")).unwrap_or_default();
            [
                "?".to_owned(),
                router.path.clone(),
                format!("{handler}{place}"),
                joined(&router.guards, " + "),
                "not known".to_owned(),
                joined(&router.arounds, ", "),
                String::new(),
            ]
        });
        let cells: Vec<[String; 7]> = known.chain(unknown).collect();
        let has_arounds = cells.iter().any(|row| !row[AROUND].is_empty());
        let mut widths = HEAD.map(str::len);
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut line = |row: [&str; 7]| {
            let mut text = String::new();
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                if has_arounds || column != AROUND {
                    let _ = write!(text, "{cell:width$}  ");
                }
            }
            writeln!(f, "{}", text.trim_end())
        };
        line(HEAD)?;
        cells.iter().try_for_each(|row| line(row.each_ref().map(String::as_str)))
    }
}

fn joined(parts: &[impl ToString], separator: &str) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}
