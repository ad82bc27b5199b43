//! What a role can reach.

use crate::{
    compiled::{Check, Policy, Route, Table, last_name},
    error::Error,
    nearest::nearest,
};

/// A role: its path, or only its name where the crate does not say which roles there are.
pub(super) struct Role(String);

impl Role {
    /// The role that is called `name`: the end of its path is enough.
    ///
    /// # Errors
    ///
    /// There is none, or there are several.
    pub(super) fn named(name: &str, table: &Table) -> Result<Self, Error> {
        let matching: Vec<_> = table.roles.iter().filter(|role| is_end_of(role, name)).collect();
        match &matching[..] {
            [role] => Ok(Self((*role).clone())),
            // No route asks for roles, or they are written by hand.
            [] if table.roles.is_empty() => Ok(Self(name.to_owned())),
            [] => {
                let names = || table.roles.iter().map(|role| last_name(role));
                Err(Error::Message(match nearest(last_name(name), names()) {
                    Some(nearest) => format!("there is no role `{name}`: did you mean `{nearest}`?"),
                    None => format!("there is no role `{name}`, but {}", listed(names())),
                }))
            }
            several => Err(Error::Message(format!(
                "there are several roles `{name}`: say which, {}",
                listed(several.iter().map(|role| role.as_str()))
            ))),
        }
    }

    /// Whether somebody with this role, and no other, can reach the route. Of guards that are no checks of roles nothing is known; they
    /// are taken to let in whoever is logged in.
    pub(super) fn reaches(&self, route: &Route, table: &Table) -> bool {
        let policy = match &route.policy {
            Policy::Public | Policy::Authenticated { .. } => true,
            // Roles that are written by hand may leave no check behind.
            Policy::Role { any_of, .. } => {
                !route.checks.is_empty() || any_of.iter().any(|name| name == last_name(&self.0))
            }
        };
        let proofs = route.guards.iter().filter_map(|guard| proven(guard));
        policy
            && route.checks.iter().all(|check| self.passes(check))
            && proofs.into_iter().all(|names| self.proves(&names, table))
    }

    fn passes(&self, check: &Check) -> bool {
        check.granted_to.iter().any(|role| is_end_of(role, &self.0))
    }

    /// Whether the role is one of those named, or implies one.
    fn proves(&self, names: &[&str], table: &Table) -> bool {
        let checks = table.routes.iter().flat_map(|route| &route.checks);
        names.contains(&last_name(&self.0))
            || checks
                .filter(|check| check.any_of.iter().all(|role| names.contains(&last_name(role))))
                .any(|check| self.passes(check))
    }
}

/// The roles of a guard `Authorized<roles::Admin>`, whose type is all that is known of it.
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

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
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
