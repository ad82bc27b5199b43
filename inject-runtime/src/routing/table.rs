//! The route table.

use std::fmt::{self, Write as _};

use super::tree::{Item, Mounted, Visit, walk};
use crate::{
    location::Location,
    metadata::{injected, role_checks},
    policy::{Policy, RoleCheck},
};

/// The endpoints of [`Routes`], as data: see [`Routes::table`]. `Display` prints them in columns.
///
/// Plain axum routers that were merged are not in it: axum does not say what is in them.
#[derive(Clone, Debug)]
pub struct RouteTable {
    rows: Vec<RouteInfo>,
    plain_routers: Vec<String>,
}

/// One endpoint of a [`RouteTable`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RouteInfo {
    /// `GET`
    pub method: &'static str,
    /// With the prefixes of nested routes.
    pub path: String,
    /// The name of the function.
    pub handler: &'static str,
    /// Its module.
    pub module: &'static str,
    /// Who may call it.
    pub policy: Policy,
    /// The guards of the routes that it is in, outermost first, as types.
    pub guards: Vec<&'static str>,
    /// What is asked of roles, by guards, by the policy, and by proofs among the parameters: each of it has to be met.
    pub checks: Vec<RoleCheck>,
    /// What it asks for beside plain extractors: components of the container, what providers return, request-scoped components.
    pub injects: Vec<&'static str>,
    /// Its parameters, as written: name and type.
    pub parameters: Vec<(&'static str, &'static str)>,
    /// Where it is declared.
    pub location: Location,
}

impl RouteInfo {
    fn of<C>(mounted: Mounted<'_, '_, C>) -> Self {
        let Mounted { endpoint, path, guards } = mounted;
        let spec = endpoint.spec;
        let guarded = guards.iter().filter_map(|guard| guard.roles.as_deref().cloned());
        Self {
            method: spec.method.as_str(),
            path,
            handler: spec.name,
            module: spec.module,
            policy: spec.policy,
            guards: guards.iter().map(|guard| guard.label).collect(),
            checks: guarded.chain(role_checks(spec)).collect(),
            injects: injected(spec.parameters),
            parameters: spec.parameters.iter().map(|parameter| (parameter.name, parameter.ty)).collect(),
            location: spec.location,
        }
    }
}

impl RouteTable {
    /// The table of `items`.
    pub(super) fn of<C>(items: &[Item<C>]) -> Self {
        let mut table = Self { rows: Vec::new(), plain_routers: Vec::new() };
        walk(items, &mut |step| match step {
            Visit::Endpoint(mounted) => table.rows.push(RouteInfo::of(mounted)),
            Visit::PlainRouter { prefix, .. } => table.plain_routers.push(format!("{prefix}/")),
            Visit::EnterLayer | Visit::LeaveLayer(_) => {}
        });
        table
    }

    /// The endpoints, in the order in which they were put together.
    #[must_use]
    pub fn rows(&self) -> &[RouteInfo] {
        &self.rows
    }

    /// The paths under which plain axum routers were merged, of whose routes nothing is known: `/`, or `/prefix/`.
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
