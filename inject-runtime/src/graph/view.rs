//! The graph, resolved: what the renderers draw and what tests ask questions of.

use std::{any::TypeId, collections::HashMap};

use super::{ComponentNode, Dependency, FieldNode, Graph, Location, Node, Recipe, Scope};
#[cfg(feature = "axum")]
use crate::request::{EndpointSpec, Injected, ParameterSpec, ProviderNode, Shape};

/// A graph as vertices and edges. Fields of the container come first, in the order of their declaration;
/// components built on the spot follow in the order in which a walk from the fields meets them.
#[derive(Clone, Debug)]
pub struct View {
    container: &'static str,
    vertices: Vec<Vertex>,
    edges: Vec<Edge>,
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
        const ONION: [&str; 5] = ["Route", "Service", "Repository", "Infrastructure", "Shared"];
        let mut layers = Vec::new();
        for vertex in &self.vertices {
            if !layers.contains(&vertex.layer) {
                layers.push(vertex.layer);
            }
        }
        layers.sort_by_key(|layer| match layer {
            Some("Shared") => ONION.len() + 1,
            Some(name) => ONION.iter().position(|known| known == name).unwrap_or(ONION.len()),
            None => ONION.len() + 2,
        });
        layers
    }

    pub(super) fn of<C>(graph: &Graph<C>) -> Self {
        let mut walk =
            Walk { fields: graph.fields, own: HashMap::new(), vertices: Vec::new(), edges: Vec::new() };
        for field in graph.fields.iter().filter(|field| field.is_present()) {
            walk.vertices.push(vertex_of_field(field));
        }
        for field in graph.fields.iter().filter(|field| field.is_present()) {
            walk.field(field);
        }
        // Before the endpoints, which know less of them.
        for root in &graph.roots {
            if let Node::Component(component) = root {
                walk.component(component);
            }
        }
        #[cfg(feature = "axum")]
        for endpoint in &graph.endpoints {
            walk.endpoint(endpoint);
        }
        Self { container: graph.container, vertices: walk.vertices, edges: walk.edges }
    }
}

fn vertex_of_field(field: &FieldNode) -> Vertex {
    let component = own_component(field);
    Vertex {
        id: field.name.to_owned(),
        ty: field.ty,
        recipe: Some(field.recipe),
        layer: field.layer,
        scope: Scope::Container,
        qualifier: field.qualifier,
        location: component.map_or(field.location, |component| component.location),
    }
}

/// The component that a field `Arc<Component>` *is*, as opposed to one that is built for it.
fn own_component(field: &FieldNode) -> Option<&'static ComponentNode> {
    match (field.recipe, field.dependencies) {
        (Recipe::Component, [Dependency { node: Node::Component(component), .. }]) => Some(component),
        _ => None,
    }
}

struct Walk {
    fields: &'static [FieldNode],
    /// The vertices of components built on the spot, by type.
    own: HashMap<TypeId, usize>,
    vertices: Vec<Vertex>,
    edges: Vec<Edge>,
}

impl Walk {
    fn field(&mut self, field: &FieldNode) {
        let dependencies =
            own_component(field).map_or(field.dependencies, |component| component.dependencies);
        self.dependencies(field.name, dependencies);
    }

    fn dependencies(&mut self, from: &str, dependencies: &[Dependency]) {
        for dependency in dependencies {
            let to = match dependency.node {
                Node::Field(field) => self.fields[field].name.to_owned(),
                Node::Component(component) => self.component(component),
            };
            self.edges.push(Edge { from: from.to_owned(), to, name: dependency.name, kind: dependency.kind });
        }
    }

    /// The id of a component that is built on the spot; the first visit adds its vertex and edges.
    fn component(&mut self, component: &'static ComponentNode) -> String {
        if let Some(&known) = self.own.get(&component.id) {
            return self.vertices[known].id.clone();
        }
        let id = self.free_id(component.name);
        self.own.insert(component.id, self.vertices.len());
        self.vertices.push(Vertex {
            id: id.clone(),
            ty: component.name,
            recipe: None,
            layer: Some(component.layer),
            scope: component.scope,
            qualifier: None,
            location: component.location,
        });
        self.dependencies(&id, component.dependencies);
        id
    }

    #[cfg(feature = "axum")]
    fn endpoint(&mut self, endpoint: &'static EndpointSpec) {
        let id = self.free_id(endpoint.name);
        self.vertices.push(Vertex {
            id: id.clone(),
            ty: endpoint.name,
            recipe: None,
            layer: Some("Route"),
            scope: Scope::Request,
            qualifier: None,
            location: endpoint.location,
        });
        if let Some(principal) = endpoint.principal {
            self.parameter(&id, None, principal);
        }
        self.parameters(&id, endpoint.parameters);
    }

    #[cfg(feature = "axum")]
    fn parameters(&mut self, from: &str, parameters: &[ParameterSpec]) {
        for parameter in parameters {
            self.parameter(from, Some(parameter.name), parameter.shape);
        }
    }

    /// The edge to what a parameter takes; other extractors than ours are not in the graph.
    #[cfg(feature = "axum")]
    fn parameter(&mut self, from: &str, name: Option<&'static str>, shape: Shape) {
        let (to, kind) = match shape {
            Shape::Injected(injected) => {
                let kind =
                    injected.exception.map_or(EdgeKind::Inward, |reason| EdgeKind::Excepted { reason });
                (self.injected(injected), kind)
            }
            Shape::Provider(node) | Shape::Within(node) | Shape::Fresh(node) => {
                (self.provider(node()), EdgeKind::Inward)
            }
            Shape::Plain | Shape::Scoped | Shape::Opaque => return,
        };
        let edge = Edge { from: from.to_owned(), to, name, kind };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// The id of what is taken from the container. A component that is met here alone has no dependencies in the graph: they are
    /// known where the container is, and [`Graph::with`] adds them.
    #[cfg(feature = "axum")]
    fn injected(&mut self, injected: Injected) -> String {
        let id = (injected.id)();
        if let Some(field) = self.fields.iter().find(|field| field.is_present() && field.id == id) {
            return field.name.to_owned();
        }
        self.vertex(id, injected.name, injected.layer, Scope::Container, None).0
    }

    /// The id of a provider or a request-scoped component; the first visit adds its vertex and edges.
    #[cfg(feature = "axum")]
    fn provider(&mut self, node: &'static ProviderNode) -> String {
        let (id, is_new) =
            self.vertex((node.id)(), node.name, Some(node.layer), Scope::Request, Some(node.location));
        if is_new {
            self.parameters(&id, node.parameters);
        }
        id
    }

    /// The id of the vertex for a type, and whether it is new.
    #[cfg(feature = "axum")]
    fn vertex(
        &mut self,
        of: TypeId,
        name: &'static str,
        layer: Option<&'static str>,
        scope: Scope,
        location: Option<Location>,
    ) -> (String, bool) {
        if let Some(&known) = self.own.get(&of) {
            return (self.vertices[known].id.clone(), false);
        }
        let id = self.free_id(name);
        self.own.insert(of, self.vertices.len());
        let location = location.unwrap_or(Location { file: "", line: 0 });
        let vertex =
            Vertex { id: id.clone(), ty: name, recipe: None, layer, scope, qualifier: None, location };
        self.vertices.push(vertex);
        (id, true)
    }

    /// `name`, or `name_2`, `name_3` where several types share it.
    fn free_id(&self, name: &str) -> String {
        let taken = |id: &str| self.vertices.iter().any(|vertex| vertex.id == id);
        let mut id = name.to_owned();
        let mut n = 2;
        while taken(&id) {
            id = format!("{name}_{n}");
            n += 1;
        }
        id
    }
}
