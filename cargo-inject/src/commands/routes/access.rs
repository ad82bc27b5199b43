//! Access to routes: the routes that a role can reach, and routes that must not be public.

use globset::{Glob, GlobMatcher};

use crate::{
    compiled::{Check, Policy, Route, Table, last_name},
    error::{Error, Outcome},
    nearest::nearest,
    session::Session,
};

/// Role: its path, or only its name if the crate does not list its roles.
pub(super) struct Role(String);

impl Role {
    /// Role with this `name`: the end of its path is enough.
    ///
    /// # Errors
    ///
    /// There is none, or there are several.
    pub(super) fn named(name: &str, table: &Table) -> Result<Self, Error> {
        let matching: Vec<_> = table.roles.iter().filter(|role| is_end_of(role, name)).collect();
        match &matching[..] {
            [role] => Ok(Self((*role).clone())),
            // No route requires roles, or the roles are written by hand.
            [] if table.roles.is_empty() => Ok(Self(name.to_owned())),
            [] => {
                let roles: Vec<_> = table.roles.iter().map(|role| last_name(role).to_owned()).collect();
                let nearest = nearest(last_name(name), roles.iter().map(String::as_str)).map(str::to_owned);
                Err(Error::UnknownRole { name: name.to_owned(), roles, nearest })
            }
            several => {
                let roles = several.iter().map(|role| (*role).clone()).collect();
                Err(Error::SeveralRoles { name: name.to_owned(), roles })
            }
        }
    }

    /// Whether a principal with this role, and no other, can reach the route. Guards that are not checks of roles are unknown, and count as
    /// passed for each principal.
    pub(super) fn reaches(&self, route: &Route, table: &Table) -> bool {
        let policy = match &route.policy {
            Policy::Public | Policy::Authenticated { .. } | Policy::Required { .. } => true,
            // Roles that are written by hand may have no check.
            Policy::Role { any_of, .. } => {
                !route.checks.is_empty() || any_of.iter().any(|name| name == last_name(&self.0))
            }
        };
        let proofs = route.guards.iter().filter_map(|guard| proven(guard));
        policy
            && route.checks.iter().all(|check| self.passes(check))
            && proofs.into_iter().all(|names| self.proves(&names, table))
    }

    /// Whether the role passes the check. Who has a permission is unknown, and counts as passed.
    fn passes(&self, check: &Check) -> bool {
        !check.permissions.is_empty() || check.granted_to.iter().any(|role| is_end_of(role, &self.0))
    }

    /// Whether the role is one of these, or implies one.
    fn proves(&self, names: &[&str], table: &Table) -> bool {
        let checks = table.routes.iter().flat_map(|route| &route.checks);
        names.contains(&last_name(&self.0))
            || checks
                .filter(|check| {
                    check.permissions.is_empty()
                        && check.any_of.iter().all(|role| names.contains(&last_name(role)))
                })
                .any(|check| self.passes(check))
    }
}

/// Roles of a guard `Authorized<roles::Admin>`, read from its type.
fn proven(guard: &str) -> Option<Vec<&str>> {
    let (path, arguments) = guard.split_once('<')?;
    (last_name(path) == "Authorized").then(|| {
        let proofs = arguments.trim_end_matches('>').trim_matches(['(', ')']).split(", ");
        proofs.map(|proof| last_name(proof.trim_end_matches(','))).collect()
    })
}

fn is_end_of(path: &str, name: &str) -> bool {
    path == name || path.strip_suffix(name).is_some_and(|rest| rest.ends_with("::"))
}

/// Compiles the patterns of paths.
///
/// # Errors
///
/// A pattern is not a glob.
pub(super) fn patterns(written: &[String]) -> Result<Vec<GlobMatcher>, Error> {
    let read = written.iter().map(|pattern| Glob::new(pattern).map(|glob| glob.compile_matcher()));
    read.collect::<Result<_, _>>().map_err(Error::Pattern)
}

/// Public route, with the pattern that denies it.
pub(super) struct Denied {
    route: Route,
    pattern: String,
}

/// Public routes whose paths match a pattern of `patterns`, and none of `allowed`.
pub(super) fn public(
    table: &Table,
    patterns: &[GlobMatcher],
    allowed: &[GlobMatcher],
    session: &Session,
) -> Vec<Denied> {
    for pattern in patterns.iter().chain(allowed) {
        // Such a pattern protects nothing, or allows what does not exist any more.
        if !table.routes.iter().any(|route| pattern.is_match(&route.path)) {
            session.note(&format!("no route matches `{}`", pattern.glob()));
        }
    }
    let denied = |route: &Route| {
        let pattern = patterns.iter().find(|pattern| pattern.is_match(&route.path))?.glob().to_string();
        Some(Denied { route: route.clone(), pattern })
    };
    let is_allowed = |route: &Route| allowed.iter().any(|pattern| pattern.is_match(&route.path));
    table.routes.iter().filter(|route| is_public(route) && !is_allowed(route)).filter_map(denied).collect()
}

/// Whether every request is let in: no policy, no guard and no proof among the parameters restricts it.
fn is_public(route: &Route) -> bool {
    route.policy == Policy::Public && route.guards.is_empty() && route.checks.is_empty()
}

/// Writes a message for each public route that must not be.
pub(super) fn report(denied: &[Denied], session: &Session) -> Outcome {
    for Denied { route, pattern } in denied {
        let Route { method, path, module, handler, declared_at, .. } = route;
        session.error(&format!(
            "{method} {path} is public, and `{pattern}` denies it: `{module}::{handler}`, {declared_at}"
        ));
    }
    Outcome::of(!denied.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_of_a_proof_are_read_from_its_type() {
        let one = "inject_runtime::request::role::Authorized<shop::auth::roles::Admin>";
        assert_eq!(proven(one).unwrap(), ["Admin"]);
        let two = "inject_runtime::request::role::Authorized<(shop::roles::Admin, shop::roles::Teacher)>";
        assert_eq!(proven(two).unwrap(), ["Admin", "Teacher"]);
        assert_eq!(
            proven("inject_runtime::request::role::Authorized<(shop::roles::Admin,)>").unwrap(),
            ["Admin"]
        );
        assert_eq!(proven("shop::Wrapper<shop::roles::Admin>"), None);
        assert_eq!(proven("shop::KeyChecked"), None);
    }
}
