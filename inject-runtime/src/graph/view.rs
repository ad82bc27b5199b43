//! Resolved graph, for the renderers and for tests.

use super::{Location, Recipe, Scope, dot, json, mermaid};

/// Graph as vertices and edges. The fields of the container come first, in the order of their declaration;
/// components built in place follow in the order in which a traversal from the fields reaches them.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) container: &'static str,
    pub(super) location: Location,
    pub(super) start_order: Vec<String>,
    pub(super) vertices: Vec<Vertex>,
    pub(super) edges: Vec<Edge>,
}

/// Field of the container, or component that is built in place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Vertex {
    /// Unique id in the graph: the name of the field or of the component.
    pub id: String,
    /// Type as written in the container, or name of the component.
    pub ty: &'static str,
    /// Recipe of the field; `None` for a component built in place.
    pub recipe: Option<Recipe>,
    /// Layer; `None` for a type without a layer.
    pub layer: Option<&'static str>,
    /// Scope.
    pub scope: Scope,
    /// Qualifier of the field.
    pub qualifier: Option<&'static str>,
    /// Place of the declaration: of the component, or, for a field that no component builds, of the field.
    /// `file` is empty for types of this library.
    pub location: Location,
    /// Method and path of an endpoint: `GET /users/{id}`.
    pub route: Option<String>,
    /// Module that has it, by the name of the field that includes the module.
    pub module: Option<String>,
    /// Whether the dependencies of the vertex are in the graph. They are missing for a component that only
    /// providers and request-scoped components take by value, unless [`Graph::with`](super::Graph::with)
    /// adds them.
    pub is_resolved: bool,
}

/// Dependency: `from` needs `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Edge {
    /// [`id`](Vertex::id) of the dependent.
    pub from: String,
    /// [`id`](Vertex::id) of the dependency.
    pub to: String,
    /// Name of the field or parameter that holds the dependency, if it has one.
    pub name: Option<&'static str>,
    /// Reason why the dependency is allowed.
    pub kind: EdgeKind,
}

/// Reason why a dependency is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgeKind {
    /// Points inward, as the layers require.
    Inward,
    /// Does not point inward, and is an exception with a reason: `#[layering(allow, reason = "..")]`.
    Excepted {
        /// Reason given for the exception.
        reason: &'static str,
    },
    /// Type without a layer: `#[external]`.
    External,
    /// Field of the container and the implementation that is built for it.
    Built,
    /// Parameter of a factory.
    Parameter,
}

impl View {
    /// Returns the name of the container.
    #[must_use]
    pub fn container(&self) -> &'static str {
        self.container
    }

    /// Returns the place where the container is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location
    }

    /// Returns the fields of the container and of its modules, in the order of construction.
    #[must_use]
    pub fn start_order(&self) -> &[String] {
        &self.start_order
    }

    /// Returns all vertices.
    #[must_use]
    pub fn vertices(&self) -> &[Vertex] {
        &self.vertices
    }

    /// Returns all edges.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Returns the modules, in the order of their vertices.
    #[must_use]
    pub fn modules(&self) -> Vec<&str> {
        let mut modules = Vec::new();
        for module in self.vertices.iter().filter_map(|vertex| vertex.module.as_deref()) {
            if !modules.contains(&module) {
                modules.push(module);
            }
        }
        modules
    }

    /// Returns the layers in use: the built-in layers, outermost first, then custom layers in the order of
    /// their appearance, then `Common`. `None`, for types without a layer, comes last.
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

    /// Renders a [Mermaid](https://mermaid.js.org) flowchart, with layers as subgraphs.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        mermaid::render(self)
    }

    /// Renders a [Graphviz](https://graphviz.org) digraph, with layers as clusters.
    #[must_use]
    pub fn to_dot(&self) -> String {
        dot::render(self)
    }

    /// Renders a JSON document with `container`, `declared_at`, `start_order`, `vertices` and `edges`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}
