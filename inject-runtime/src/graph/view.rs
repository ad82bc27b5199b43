//! The graph, resolved: what the renderers draw and what tests ask questions of.

use super::{Location, Recipe, Scope, dot, json, mermaid};

/// A graph as vertices and edges. Fields of the container come first, in the order of their declaration;
/// components built on the spot follow in the order in which a walk from the fields meets them.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) container: &'static str,
    pub(super) location: Location,
    pub(super) start_order: Vec<&'static str>,
    pub(super) vertices: Vec<Vertex>,
    pub(super) edges: Vec<Edge>,
}

/// A field of the container, or a component that is built on the spot.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Vertex {
    /// Unique in the graph: the name of the field, or of the component.
    pub id: String,
    /// The type, as it is written in the container, or the name of the component.
    pub ty: &'static str,
    /// How the field is built; `None` for a component built on the spot.
    pub recipe: Option<Recipe>,
    /// The layer; `None` for a foreign type.
    pub layer: Option<&'static str>,
    /// The scope.
    pub scope: Scope,
    /// The qualifier of the field.
    pub qualifier: Option<&'static str>,
    /// Where the component is declared; for a field that is not built by a component, where the field is. Of what the library
    /// provides, `file` is empty.
    pub location: Location,
    /// Of an endpoint, what it answers: `GET /users/{id}`.
    pub route: Option<String>,
    /// Whether its dependencies are in the graph. Those of a component that only providers and request-scoped components take by value
    /// are not, unless [`Graph::with`](super::Graph::with) adds them.
    pub is_resolved: bool,
}

/// A dependency: `from` needs `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// The [`id`](Vertex::id) of the dependent.
    pub from: String,
    /// The [`id`](Vertex::id) of the dependency.
    pub to: String,
    /// The field or parameter that holds it, if it has a name.
    pub name: Option<&'static str>,
    /// Why it is allowed.
    pub kind: EdgeKind,
}

/// Why a dependency is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EdgeKind {
    /// It points inward, as the layers demand.
    Inward,
    /// It does not, and says why: `#[layering(allow, reason = "..")]`.
    Excepted {
        /// The reason that was given.
        reason: &'static str,
    },
    /// A foreign type: `#[external]`.
    External,
    /// A field of the container and the implementation that is built for it.
    Built,
    /// A parameter of a factory.
    Parameter,
}

impl View {
    /// The name of the container.
    #[must_use]
    pub fn container(&self) -> &'static str {
        self.container
    }

    /// Where the container is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location
    }

    /// The fields of the container, in the order in which they are built.
    #[must_use]
    pub fn start_order(&self) -> &[&'static str] {
        &self.start_order
    }

    /// All vertices.
    #[must_use]
    pub fn vertices(&self) -> &[Vertex] {
        &self.vertices
    }

    /// All edges.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The layers in use, outermost first, then layers of one's own in the order of their appearance; `None` for
    /// foreign types comes last.
    #[must_use]
    pub fn layers(&self) -> Vec<Option<&'static str>> {
        const ONION: [&str; 5] = ["Route", "Service", "Repository", "Infrastructure", "Common"];
        let mut layers = Vec::new();
        for vertex in &self.vertices {
            if !layers.contains(&vertex.layer) {
                layers.push(vertex.layer);
            }
        }
        layers.sort_by_key(|layer| match layer {
            Some("Common") => ONION.len() + 1,
            Some(name) => ONION.iter().position(|known| known == name).unwrap_or(ONION.len()),
            None => ONION.len() + 2,
        });
        layers
    }

    /// A [Mermaid](https://mermaid.js.org) flowchart, layers as subgraphs.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        mermaid::render(self)
    }

    /// A [Graphviz](https://graphviz.org) digraph, layers as clusters.
    #[must_use]
    pub fn to_dot(&self) -> String {
        dot::render(self)
    }

    /// A JSON document: `container`, `declared_at`, `start_order`, `vertices` and `edges`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}
