//! Security requirements of an operation.

use std::collections::BTreeMap;

use utoipa::openapi::SecurityRequirement;

/// Alternatives to authenticate: one of them is enough. Each alternative is a set of security schemes, all
/// of which are required, with the roles for each scheme.
#[derive(Clone, Debug)]
pub(super) struct Credentials(Vec<Way>);

type Way = BTreeMap<String, Vec<String>>;

impl Default for Credentials {
    /// Requires no credentials.
    fn default() -> Self {
        Self(vec![Way::new()])
    }
}

impl Credentials {
    /// Requires the credentials of one scheme.
    pub(super) fn of(scheme: &str) -> Self {
        Self(vec![Way::from([(scheme.to_owned(), Vec::new())])])
    }

    /// Accepts nothing, not even a request without credentials.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Accepts other credentials instead.
    pub(super) fn or(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Requires other credentials in addition.
    pub(super) fn and(&mut self, others: &Self) {
        let mut ways = Vec::new();
        for way in &self.0 {
            for other in &others.0 {
                let mut way = way.clone();
                for (scheme, roles) in other {
                    let all = way.entry(scheme.clone()).or_default();
                    let more: Vec<_> = roles.iter().filter(|role| !all.contains(role)).cloned().collect();
                    all.extend(more);
                }
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        self.0 = ways;
        if !self.0.iter().any(Way::is_empty) {
            self.required();
        }
    }

    /// Also accepts requests without credentials.
    pub(super) fn or_none(&mut self) {
        if !self.0.iter().any(Way::is_empty) {
            self.0.insert(0, Way::new());
        }
    }

    /// Requires at least one of the credentials: if each of several credentials is optional, one of them
    /// must be sent.
    pub(super) fn required(&mut self) {
        if self.0.iter().all(Way::is_empty) {
            return;
        }
        self.0.retain(|way| !way.is_empty());
        // A client that sends one of two alternatives need not send both.
        let least: Vec<_> =
            self.0.iter().filter(|way| !self.0.iter().any(|other| is_part(other, way))).cloned().collect();
        self.0 = least;
    }

    /// Requires one of the roles.
    pub(super) fn with_roles(&mut self, roles: &[String]) {
        for all in self.0.iter_mut().flat_map(BTreeMap::values_mut) {
            for role in roles {
                if !all.contains(role) {
                    all.push(role.clone());
                }
            }
        }
    }

    /// Returns the requirements, or `None` if no credentials are required.
    pub(super) fn requirements(self) -> Option<Vec<SecurityRequirement>> {
        if self.0.iter().all(Way::is_empty) {
            return None;
        }
        let requirement = |way: Way| {
            way.into_iter().fold(SecurityRequirement::default(), |requirement, (scheme, roles)| {
                requirement.add(scheme, roles)
            })
        };
        Some(self.0.into_iter().map(requirement).collect())
    }
}

/// Returns whether the schemes of `part` are a proper subset of the schemes of `whole`.
fn is_part(part: &Way, whole: &Way) -> bool {
    part.len() < whole.len() && part.keys().all(|scheme| whole.contains_key(scheme))
}
