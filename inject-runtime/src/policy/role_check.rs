//! Role checks.

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
    /// The check for either.
    #[must_use]
    pub(crate) fn or(mut self, other: Self) -> Self {
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
