//! What the program prints, as data.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::Error;

/// A dependency graph.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Graph {
    pub(crate) container: String,
    pub(crate) declared_at: String,
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) edges: Vec<Edge>,
}

/// A field of the container, a component, a provider or an endpoint.
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

/// `from` needs `to`.
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

/// The table of the routes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Table {
    pub(crate) routes: Vec<Route>,
    /// All roles that are known: `my_app::auth::UserRole::Admin`.
    pub(crate) roles: Vec<String>,
    /// Where plain axum routers are, of whose routes nothing is known.
    pub(crate) plain_routers: Vec<String>,
}

/// A route.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) handler: String,
    pub(crate) module: String,
    pub(crate) policy: Policy,
    /// The types that guard it, outermost first.
    pub(crate) guards: Vec<String>,
    /// Each of them has to be met.
    pub(crate) checks: Vec<Check>,
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
}

/// A check of roles.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Check {
    pub(crate) any_of: Vec<String>,
    pub(crate) granted_to: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: String,
}

impl Table {
    /// The same, with files as they are seen from `folder`.
    pub(super) fn seen_from(mut self, folder: &str) -> Self {
        for route in &mut self.routes {
            let below =
                route.declared_at.strip_prefix(folder).and_then(|rest| rest.strip_prefix(['/', '\\']));
            if let Some(below) = below {
                route.declared_at = below.to_owned();
            }
        }
        self
    }
}

/// The answer as data.
pub(super) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        Error::Message(format!("the `inject-runtime` of this crate answers in another way than `cargo inject` expects, install the same version: {error}"))
    })
}
