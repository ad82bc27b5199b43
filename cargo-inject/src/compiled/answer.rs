//! Answers of the program, as data.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::error::CompiledError;

/// Dependency graph.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Graph {
    pub(crate) container: String,
    pub(crate) declared_at: String,
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) edges: Vec<Edge>,
}

/// Field of the container, component, provider or endpoint.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Vertex {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
    pub(crate) layer: Option<String>,
    pub(crate) scope: String,
    pub(crate) recipe: Option<String>,
    pub(crate) factory: Option<String>,
    pub(crate) qualifier: Option<String>,
    pub(crate) route: Option<String>,
    /// `unknown`, of a component whose dependencies are not in the graph.
    pub(crate) dependencies: Option<String>,
    pub(crate) declared_at: Option<String>,
}

/// Dependency of `from` on `to`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: EdgeKind,
    pub(crate) reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EdgeKind {
    Inward,
    Excepted,
    External,
    Built,
    Parameter,
}

/// Table of the routes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Table {
    pub(crate) routes: Vec<Route>,
    /// All known roles: `my_app::auth::UserRole::Admin`.
    pub(crate) roles: Vec<String>,
    pub(crate) plain_routers: Vec<PlainRouter>,
}

/// Router whose routes are not known.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct PlainRouter {
    /// Paths of its routes: `/*`, or `/prefix/*`.
    pub(crate) path: String,
    pub(crate) source: PlainRouterSource,
    /// Types that guard all of its routes, outermost first.
    pub(crate) guards: Vec<String>,
    /// Functions around all of its routes, outermost first.
    pub(crate) arounds: Vec<String>,
    /// Checks of roles of the guards.
    pub(crate) checks: Vec<Check>,
    pub(crate) declared_at: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PlainRouterSource {
    /// A plain axum router.
    Merged,
    /// A function that may add routes.
    Mapped,
}

/// Route.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) handler: String,
    pub(crate) module: String,
    pub(crate) policy: Policy,
    /// Types that guard it, outermost first.
    pub(crate) guards: Vec<String>,
    /// Functions around it, outermost first.
    pub(crate) arounds: Vec<String>,
    /// Checks of roles and permissions, which a request must all pass.
    pub(crate) checks: Vec<Check>,
    /// Settings of its transactions.
    pub(crate) transaction: Option<String>,
    pub(crate) injects: Vec<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) declared_at: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub(crate) enum Policy {
    Public,
    Authenticated { principal: String },
    Role { role: String, any_of: Vec<String> },
    Required { requirement: String },
}

/// Check of roles and permissions: one is enough.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Check {
    pub(crate) any_of: Vec<String>,
    pub(crate) granted_to: Vec<String>,
    pub(crate) permissions: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
}

impl Table {
    /// Makes the files relative to `folder`.
    pub(super) fn seen_from(mut self, folder: &str) -> Self {
        let routes = self.routes.iter_mut().map(|route| &mut route.declared_at);
        let plain = self.plain_routers.iter_mut().filter_map(|router| router.declared_at.as_mut());
        for place in routes.chain(plain) {
            let below = place.strip_prefix(folder).and_then(|rest| rest.strip_prefix(['/', '\\']));
            if let Some(below) = below {
                *place = below.to_owned();
            }
        }
        self
    }
}

/// Reads an answer.
pub(super) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, CompiledError> {
    serde_json::from_str(text).map_err(CompiledError::Answer)
}

impl Route {
    /// Policy of the endpoint and the guards around it: `public + Admin`.
    pub(crate) fn policy_shown(&self) -> String {
        let policy = match &self.policy {
            Policy::Public => "public".to_owned(),
            Policy::Authenticated { principal } => format!("authenticated: {principal}"),
            Policy::Role { any_of, .. } => any_of.join(" | "),
            Policy::Required { requirement } => requirement.clone(),
        };
        with_guards(policy, &self.guards, &self.checks)
    }
}

impl PlainRouter {
    /// Guards around the router: `not known + Admin`.
    pub(crate) fn policy_shown(&self) -> String {
        with_guards("not known".to_owned(), &self.guards, &self.checks)
    }

    /// Router in the place of a handler, with the place where it is added.
    pub(crate) fn shown(&self) -> String {
        let what = match self.source {
            PlainRouterSource::Merged => "axum::Router",
            PlainRouterSource::Mapped => "map_router",
        };
        match &self.declared_at {
            Some(place) => format!("{what}, {place}"),
            None => what.to_owned(),
        }
    }
}

/// Adds the guards to a policy. The checks of guards come first, in the order of the guards.
fn with_guards(policy: String, guards: &[String], checks: &[Check]) -> String {
    let mut text = policy;
    let mut checks: Vec<_> = checks.iter().collect();
    for guard in guards {
        let is_of_guard = |check: &&Check| {
            check
                .any_of
                .first()
                .and_then(|role| role.rsplit_once("::"))
                .is_some_and(|(role, _)| role == guard)
        };
        text.push_str(" + ");
        match checks.iter().position(is_of_guard) {
            Some(position) => {
                let check = checks.remove(position);
                text.push_str(
                    &check.any_of.iter().map(|role| last_name(role)).collect::<Vec<_>>().join(" | "),
                );
            }
            None => text.push_str(&without_paths(guard)),
        }
    }
    text
}

/// `Authorized<Admin>` of `inject_runtime::Authorized<shop::roles::Admin>`.
fn without_paths(ty: &str) -> String {
    let mut shown = String::new();
    for part in
        ty.split_inclusive(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'))
    {
        shown.push_str(last_name(part));
    }
    shown
}

/// `Admin` of `my_app::auth::UserRole::Admin`.
pub(crate) fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_shown_without_paths() {
        let guard = "inject_runtime::request::role::Authorized<(shop::roles::Admin, shop::roles::Owner)>";
        assert_eq!(without_paths(guard), "Authorized<(Admin, Owner)>");
        assert_eq!(without_paths("shop::KeyChecked"), "KeyChecked");
    }
}
