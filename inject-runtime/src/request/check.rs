//! What is asked of the roles of whoever makes a request, as data.

use std::collections::HashSet;

use super::{
    role::Role,
    spec::{Around, EndpointSpec, ParameterSpec, Shape},
};

/// A check of roles. Roles are called by their paths: `my_app::auth::UserRole::Admin`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleCheck {
    /// The roles that are asked for. Any of them is enough.
    pub any_of: Vec<String>,
    /// The roles that are let through: these, and those that imply them.
    pub granted_to: Vec<String>,
    /// All roles of the enum, where [`Role::all`] knows them.
    pub known: Vec<String>,
}

impl RoleCheck {
    /// The check for any of these roles.
    #[must_use]
    pub fn of<R: Role>(any_of: &[R]) -> Self {
        let granted_by = any_of.iter().flat_map(|role| role.granted_by());
        Self::default().or(Self {
            any_of: any_of.iter().copied().map(path).collect(),
            granted_to: granted_by.copied().map(path).collect(),
            known: R::all().iter().copied().map(path).collect(),
        })
    }

    /// The check for either.
    #[must_use]
    pub(super) fn or(mut self, other: Self) -> Self {
        add(&mut self.any_of, other.any_of);
        add(&mut self.granted_to, other.granted_to);
        add(&mut self.known, other.known);
        self
    }
}

/// Each once.
fn add(roles: &mut Vec<String>, others: Vec<String>) {
    for role in others {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
}

fn path<R: Role>(role: R) -> String {
    format!("{}::{}", std::any::type_name::<R>(), role.name())
}

/// What an endpoint asks of roles, beside the guards of its routes: its policy, and the proofs among its parameters and those of its
/// providers.
pub(super) fn checks(endpoint: &EndpointSpec) -> Vec<RoleCheck> {
    let mut checks: Vec<_> = endpoint.check.map(|check| check()).into_iter().collect();
    let mut seen = HashSet::new();
    let mut pending: Vec<&ParameterSpec> = endpoint.parameters.iter().collect();
    while let Some(parameter) = pending.pop() {
        let node = match parameter.shape {
            Shape::Within(node, Around::Authorized(check)) => {
                checks.extend(Some(check()).filter(|it| !it.any_of.is_empty()));
                node
            }
            Shape::Provider(node) | Shape::Uncached(node) => node,
            // Whoever takes an `Option` does without.
            Shape::Within(..) | Shape::Plain | Shape::Injected(_) | Shape::Scoped | Shape::Opaque => continue,
        };
        if seen.insert((node().id)()) {
            pending.extend(node().parameters);
        }
    }
    checks
}
