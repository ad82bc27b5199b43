//! Which credentials an operation asks for.

use std::collections::BTreeMap;

use utoipa::openapi::SecurityRequirement;

/// Ways to authenticate, one of which is enough. Each is a set of security schemes, all of which it takes, with the roles that go with them.
#[derive(Clone, Debug)]
pub(super) struct Credentials(Vec<Way>);

type Way = BTreeMap<String, Vec<String>>;

impl Default for Credentials {
    /// None are asked for.
    fn default() -> Self {
        Self(vec![Way::new()])
    }
}

impl Credentials {
    /// Those of one scheme.
    pub(super) fn of(scheme: &str) -> Self {
        Self(vec![Way::from([(scheme.to_owned(), Vec::new())])])
    }

    /// Asks for others as well.
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
    }

    /// Lets those through who have none of them.
    pub(super) fn or_none(&mut self) {
        if !self.0.iter().any(Way::is_empty) {
            self.0.insert(0, Way::new());
        }
    }

    /// Somebody is asked for: where each of several credentials is optional, one of them is not.
    pub(super) fn required(&mut self) {
        if self.0.iter().all(Way::is_empty) {
            return;
        }
        self.0.retain(|way| !way.is_empty());
        // Who has one need not have both.
        let least: Vec<_> =
            self.0.iter().filter(|way| !self.0.iter().any(|it| is_part(it, way))).cloned().collect();
        self.0 = least;
    }

    /// Whoever it is has one of the roles.
    pub(super) fn with_roles(&mut self, roles: &[String]) {
        for all in self.0.iter_mut().flat_map(BTreeMap::values_mut) {
            for role in roles {
                if !all.contains(role) {
                    all.push(role.clone());
                }
            }
        }
    }

    /// `None` if nothing is asked for.
    pub(super) fn requirements(self) -> Option<Vec<SecurityRequirement>> {
        if self.0.iter().all(Way::is_empty) {
            return None;
        }
        let requirement = |way: Way| {
            way.into_iter().fold(SecurityRequirement::default(), |it, (scheme, roles)| it.add(scheme, roles))
        };
        Some(self.0.into_iter().map(requirement).collect())
    }
}

/// Whether `part` asks for some of what `whole` asks for, and not for all of it.
fn is_part(part: &Way, whole: &Way) -> bool {
    part.len() < whole.len() && part.keys().all(|scheme| whole.contains_key(scheme))
}
