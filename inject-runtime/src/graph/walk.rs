//! Construction of vertices and edges: a traversal from the fields of the container, the added components
//! and the endpoints.

use std::{any::TypeId, collections::HashMap};

use super::{ComponentNode, Dependency, Edge, EdgeKind, FieldNode, Graph, Node, Recipe, Scope, Vertex, View};
#[cfg(feature = "axum")]
use super::{Location, MountedEndpoint};
#[cfg(feature = "axum")]
use crate::metadata::{AroundSpec, Injected, ParameterKind, ParameterSpec, ProviderNode};

impl View {
    pub(super) fn of<C>(graph: &Graph<C>) -> Self {
        let mut walk = Walk {
            fields: graph.fields,
            #[cfg(feature = "axum")]
            known: &graph.known,
            own: HashMap::new(),
            vertices: Vec::new(),
            edges: Vec::new(),
        };
        for field in graph.fields.iter().filter(|field| field.is_present()) {
            walk.vertices.push(vertex_of_field(field));
        }
        for field in graph.fields.iter().filter(|field| field.is_present()) {
            walk.field(field);
        }
        // Before the endpoints, whose metadata contains less about them.
        for root in &graph.roots {
            if let Node::Component(component) = root {
                walk.component(component);
            }
        }
        #[cfg(feature = "axum")]
        for field in graph.fields {
            walk.port(field);
        }
        #[cfg(feature = "axum")]
        for endpoint in &graph.endpoints {
            walk.endpoint(endpoint);
        }
        let order = graph.order.iter().map(|&field| &graph.fields[field]);
        Self {
            container: graph.container,
            location: graph.location,
            start_order: order.filter(|field| field.is_built()).map(|field| field.name).collect(),
            vertices: walk.vertices,
            edges: walk.edges,
        }
    }
}

fn vertex_of_field(field: &FieldNode) -> Vertex {
    let component = own_component(field);
    Vertex {
        id: field.name.to_owned(),
        ty: field.ty,
        recipe: Some(field.recipe),
        layer: field.layer,
        scope: if field.recipe == Recipe::PerRequest { Scope::Request } else { Scope::Container },
        qualifier: field.qualifier,
        location: component.map_or(field.location, |component| component.location),
        route: None,
        is_resolved: true,
    }
}

/// Returns the component of a field `Arc<Component>`, as opposed to a component that is built for a field.
fn own_component(field: &FieldNode) -> Option<&'static ComponentNode> {
    match (field.recipe, field.dependencies) {
        (Recipe::Component, [Dependency { node: Node::Component(component), .. }]) => Some(component),
        _ => None,
    }
}

/// Vertex of a request value, without data.
#[cfg(feature = "axum")]
const NAMELESS: Vertex = Vertex {
    id: String::new(),
    ty: "",
    recipe: None,
    layer: None,
    scope: Scope::Request,
    qualifier: None,
    location: Location::EMPTY,
    route: None,
    is_resolved: true,
};

struct Walk<'a> {
    fields: &'a [FieldNode],
    /// Nodes of components, for components that endpoints inject.
    #[cfg(feature = "axum")]
    known: &'a [Node],
    /// Vertices of components built in place, by type.
    own: HashMap<TypeId, usize>,
    vertices: Vec<Vertex>,
    edges: Vec<Edge>,
}

impl Walk<'_> {
    fn field(&mut self, field: &FieldNode) {
        let dependencies =
            own_component(field).map_or(field.dependencies, |component| component.dependencies);
        let first = self.edges.len();
        self.dependencies(field.name, dependencies);
        if let Some(reason) = field.exception {
            for edge in self.edges[first..].iter_mut().filter(|edge| edge.from == field.name) {
                edge.kind = EdgeKind::Excepted { reason };
            }
        }
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

    /// Returns the id of a component built in place. The first visit adds its vertex and edges.
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
            route: None,
            is_resolved: true,
        });
        self.dependencies(&id, component.dependencies);
        id
    }

    /// Adds the edge from a field `PerRequest<dyn P>` to the provider behind the port.
    #[cfg(feature = "axum")]
    fn port(&mut self, field: &FieldNode) {
        let Some(binding) = field.port else { return };
        let to = self.provider(binding.node());
        let kind = field.exception.map_or(EdgeKind::Built, |reason| EdgeKind::Excepted { reason });
        self.edges.push(Edge { from: field.name.to_owned(), to, name: None, kind });
    }

    #[cfg(feature = "axum")]
    fn endpoint(&mut self, mounted: &MountedEndpoint) {
        let MountedEndpoint { spec: endpoint, path, guards, arounds } = mounted;
        let id = self.free_id(endpoint.name);
        self.vertices.push(Vertex {
            id: id.clone(),
            ty: endpoint.name,
            recipe: None,
            layer: Some("Route"),
            scope: Scope::Request,
            qualifier: None,
            location: endpoint.location,
            route: Some(format!("{} {path}", endpoint.method.as_str())),
            is_resolved: true,
        });
        for guard in guards.iter().chain(&endpoint.principal) {
            self.parameter(&id, None, guard.kind);
        }
        for around in arounds {
            let to = self.around(around);
            self.edges.push(Edge { from: id.clone(), to, name: None, kind: EdgeKind::Inward });
        }
        self.parameters(&id, endpoint.parameters);
    }

    /// Returns the id of an around function. The first visit adds its vertex and edges.
    #[cfg(feature = "axum")]
    fn around(&mut self, around: &'static AroundSpec) -> String {
        let vertex = Vertex { ty: around.name, layer: Some("Route"), location: around.location, ..NAMELESS };
        let (id, is_new) = self.vertex((around.id)(), vertex);
        if is_new {
            self.parameters(&id, around.parameters);
        }
        id
    }

    #[cfg(feature = "axum")]
    fn parameters(&mut self, from: &str, parameters: &[ParameterSpec]) {
        for parameter in parameters {
            self.parameter(from, Some(parameter.name), parameter.kind);
        }
    }

    /// Adds the edge to the dependency of a parameter. Extractors of other crates are not in the graph.
    #[cfg(feature = "axum")]
    fn parameter(&mut self, from: &str, name: Option<&'static str>, kind: ParameterKind) {
        let (to, kind) = match kind {
            ParameterKind::Injected(injected) => {
                let kind =
                    injected.exception.map_or(EdgeKind::Inward, |reason| EdgeKind::Excepted { reason });
                (self.injected(injected), kind)
            }
            ParameterKind::Provider(node)
            | ParameterKind::Wrapped(node, _)
            | ParameterKind::Uncached(node) => (self.provider(node()), EdgeKind::Inward),
            ParameterKind::Port(port) => {
                let is_bound = |field: &&FieldNode| field.port.is_some_and(|binding| binding.is_behind(port));
                let Some(field) = self.fields.iter().find(is_bound) else { return };
                (field.name.to_owned(), EdgeKind::Inward)
            }
            ParameterKind::NewScope(kind) => return self.parameter(from, name, kind()),
            ParameterKind::Plain | ParameterKind::Path(_) | ParameterKind::Scoped | ParameterKind::Opaque => {
                return;
            }
        };
        // The principal of a policy or guard is often a parameter as well: this is one edge, with the name of the
        // parameter.
        let known = self.edges.iter_mut().find(|edge| {
            edge.from == from
                && edge.to == to
                && edge.kind == kind
                && (edge.name.is_none() || edge.name == name)
        });
        match known {
            Some(edge) => edge.name = name,
            None => self.edges.push(Edge { from: from.to_owned(), to, name, kind }),
        }
    }

    /// Returns the id of a value from the container. The dependencies of a component that is reached only
    /// here are not known.
    #[cfg(feature = "axum")]
    fn injected(&mut self, injected: Injected) -> String {
        let id = (injected.id)();
        if let Some(field) = self.fields.iter().find(|field| field.is_present() && field.id == id) {
            return field.name.to_owned();
        }
        let known = self.known.iter().find_map(|node| match node {
            Node::Component(component) if component.id == id => Some(*component),
            _ => None,
        });
        if let Some(component) = known {
            return self.component(component);
        }
        let vertex = Vertex {
            ty: injected.name,
            layer: injected.layer,
            scope: Scope::Container,
            is_resolved: false,
            ..NAMELESS
        };
        self.vertex(id, vertex).0
    }

    /// Returns the id of a provider or a request-scoped component. The first visit adds its vertex and
    /// edges.
    #[cfg(feature = "axum")]
    fn provider(&mut self, node: &'static ProviderNode) -> String {
        let vertex =
            Vertex { ty: node.name, layer: Some(node.output.layer), location: node.location, ..NAMELESS };
        let (id, is_new) = self.vertex((node.output.id)(), vertex);
        if is_new {
            self.parameters(&id, node.parameters);
        }
        id
    }

    /// Returns the id of the vertex for a type, and whether it is new.
    #[cfg(feature = "axum")]
    fn vertex(&mut self, of: TypeId, vertex: Vertex) -> (String, bool) {
        if let Some(&known) = self.own.get(&of) {
            return (self.vertices[known].id.clone(), false);
        }
        let id = self.free_id(vertex.ty);
        self.own.insert(of, self.vertices.len());
        self.vertices.push(Vertex { id: id.clone(), ..vertex });
        (id, true)
    }

    /// Returns `name`, or `name_2`, `name_3` if several types share it.
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
