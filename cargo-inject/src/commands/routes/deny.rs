//! Routes that must not be public.

use globset::{Glob, GlobMatcher};

use crate::{
    compiled::{Policy, Route, Table},
    error::{Error, Outcome},
    output,
};

/// The patterns, read.
///
/// # Errors
///
/// One is no glob.
pub(super) fn patterns(written: &[String]) -> Result<Vec<GlobMatcher>, Error> {
    let read = written.iter().map(|pattern| Glob::new(pattern).map(|glob| glob.compile_matcher()));
    read.collect::<Result<_, _>>().map_err(|error| Error::Message(format!("no pattern for a path: {error}")))
}

/// A route that is public, and the pattern that says that it must not be.
pub(super) struct Denied {
    route: Route,
    pattern: String,
}

/// The public routes whose paths match a pattern.
pub(super) fn public(table: &Table, patterns: &[GlobMatcher]) -> Vec<Denied> {
    for pattern in patterns {
        // Somebody relies on it.
        if !table.routes.iter().any(|route| pattern.is_match(&route.path)) {
            output::note(&format!("no route matches `{}`", pattern.glob()));
        }
    }
    let denied = |route: &Route| {
        let pattern = patterns.iter().find(|pattern| pattern.is_match(&route.path))?.glob().to_string();
        Some(Denied { route: route.clone(), pattern })
    };
    table.routes.iter().filter(|route| is_public(route)).filter_map(denied).collect()
}

/// Whether nobody is kept out: not by the policy, not by a guard, not by a proof among the parameters.
fn is_public(route: &Route) -> bool {
    route.policy == Policy::Public && route.guards.is_empty() && route.checks.is_empty()
}

/// Says which routes are public that must not be.
pub(super) fn report(denied: &[Denied]) -> Outcome {
    for Denied { route, pattern } in denied {
        let Route { method, path, module, handler, declared_at, .. } = route;
        output::finding(&format!(
            "{method} {path} is public, and `{pattern}` says that it must not be: `{module}::{handler}`, {declared_at}"
        ));
    }
    if denied.is_empty() { Outcome::Fine } else { Outcome::Found }
}
