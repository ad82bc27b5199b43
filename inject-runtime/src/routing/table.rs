//! Route table.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use super::tree::{Item, Mounted, Visit, walk};
use crate::{
    location::Location,
    metadata::{injected, role_checks},
    policy::{Policy, RoleCheck},
};

/// Table of the endpoints of [`Routes`](crate::Routes), as data: see [`Routes::table`](crate::Routes::table).
/// `Display` prints it in columns.
///
/// The table does not contain the routes of merged plain axum routers, because axum does not disclose them.
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
    plain_routers: Vec<String>,
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
    /// Guards that apply to the endpoint, outermost first: type names of values and of roles, names of
    /// requirements.
    pub guards: Vec<Cow<'static, str>>,
    /// Role checks of the guards, of the policy, and of the proofs among the parameters. A request must pass all
    /// of them.
    pub checks: Vec<RoleCheck>,
    /// Dependencies of the endpoint other than plain extractors: components of the container, values of
    /// providers, request-scoped components.
    pub injects: Vec<&'static str>,
    /// Parameters of the function: name and type, as written in the source.
    pub parameters: Vec<(&'static str, &'static str)>,
    /// Source location of the declaration.
    pub location: Location,
}

impl RouteInfo {
    fn of<C>(mounted: Mounted<'_, '_, C>) -> Self {
        let Mounted { endpoint, path, guards } = mounted;
        let spec = endpoint.spec;
        let guarded = guards.iter().flat_map(|guard| guard.checks.iter().cloned());
        Self {
            method: spec.method.as_str(),
            path,
            handler: spec.name,
            module: spec.module,
            policy: spec.policy,
            guards: guards.iter().map(|guard| guard.label.clone()).collect(),
            checks: guarded.chain(role_checks(spec)).collect(),
            injects: injected(spec.parameters),
            parameters: spec.parameters.iter().map(|parameter| (parameter.name, parameter.ty)).collect(),
            location: spec.location,
        }
    }
}

impl RouteTable {
    /// Creates the table of `items`.
    pub(super) fn of<C>(items: &[Item<C>]) -> Self {
        let mut table = Self { rows: Vec::new(), plain_routers: Vec::new() };
        walk(items, &mut |step| match step {
            Visit::Endpoint(mounted) => table.rows.push(RouteInfo::of(mounted)),
            Visit::PlainRouter { prefix, .. } => table.plain_routers.push(format!("{prefix}/")),
            Visit::EnterLayer | Visit::LeaveLayer(_) => {}
        });
        table
    }

    /// Returns the endpoints, in the order in which they were added.
    #[must_use]
    pub fn rows(&self) -> &[RouteInfo] {
        &self.rows
    }

    /// Returns the paths under which plain axum routers were merged: `/`, or `/prefix/`. Their routes are not
    /// known.
    #[must_use]
    pub fn plain_routers(&self) -> &[String] {
        &self.plain_routers
    }
}

impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: [&str; 5] = ["METHOD", "PATH", "HANDLER", "POLICY", "INJECTS"];
        let cells: Vec<[String; 5]> = self
            .rows
            .iter()
            .map(|row| {
                [
                    row.method.to_owned(),
                    row.path.clone(),
                    row.handler.to_owned(),
                    row.policy.to_string(),
                    row.injects.join(", "),
                ]
            })
            .collect();
        let mut widths = HEAD.map(str::len);
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut line = |row: [&str; 5]| {
            let mut text = String::new();
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(text, "{cell:width$}  ");
            }
            writeln!(f, "{}", text.trim_end())
        };
        line(HEAD)?;
        cells.iter().try_for_each(|row| line(row.each_ref().map(String::as_str)))
    }
}
