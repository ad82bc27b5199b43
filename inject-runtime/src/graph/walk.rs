//! Construction of vertices and edges: a traversal from the fields of the container, the added components
//! and the endpoints.

use std::{any::TypeId, collections::HashMap, mem, slice};

use super::{
    ComponentNode, Dependency, Edge, EdgeKind, FieldNode, Graph, ModuleGraph, Node, Recipe, Scope, Vertex,
    View,
};
#[cfg(feature = "axum")]
use super::{Location, MountedEndpoint};
#[cfg(feature = "axum")]
use crate::metadata::{AroundSpec, Injected, ParameterKind, ParameterSpec, ProviderNode};

impl View {
    pub(super) fn of<C>(graph: &Graph<C>) -> Self {
        let mut walk = Walk {
            fields: graph.fields,
            prefix: String::new(),
            #[cfg(feature = "axum")]
            known: &graph.known,
            own: HashMap::new(),
            vertices: Vec::new(),
            edges: Vec::new(),
        };
        walk.fields();
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
        let mut start_order = Vec::new();
        order(graph.fields, graph.order, "", &mut start_order);
        Self {
            container: graph.container,
            location: graph.location,
            start_order,
            vertices: walk.vertices,
            edges: walk.edges,
        }
    }
}

/// Adds the fields in the order of construction. The fields of a module are before the module.
fn order(fields: &[FieldNode], order_of: &[usize], prefix: &str, names: &mut Vec<String>) {
    for field in order_of.iter().map(|&field| &fields[field]).filter(|field| field.is_built()) {
        if let Some(module) = field.module {
            order(module.fields, module.order, &format!("{prefix}{}.", field.name), names);
        }
        if field.recipe != Recipe::Required {
            names.push(format!("{prefix}{}", field.name));
        }
    }
}

fn vertex_of_field(field: &FieldNode, prefix: &str) -> Vertex {
    let component = own_component(field);
    Vertex {
        id: format!("{prefix}{}", field.name),
        ty: field.ty,
        recipe: Some(field.recipe),
        layer: field.layer,
        scope: if field.recipe == Recipe::PerRequest { Scope::Request } else { Scope::Singleton },
        qualifier: field.qualifier,
        location: component.map_or(field.location, |component| component.location),
        route: None,
        module: module_of(prefix),
        is_resolved: true,
    }
}

/// Returns the module of the vertices with a prefix: `catalog` for `catalog.`.
fn module_of(prefix: &str) -> Option<String> {
    prefix.strip_suffix('.').map(str::to_owned)
}

/// Returns the component of a field `Arc<Component>`, as opposed to a component that is built for a field.
fn own_component(field: &FieldNode) -> Option<&'static ComponentNode> {
    let dependencies = if field.on_demand.is_empty() { field.dependencies } else { field.on_demand };
    match (field.recipe, dependencies) {
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
    module: None,
    is_resolved: true,
};

/// Returns the id of the field of a module whose type has the id `of`.
#[cfg(feature = "axum")]
fn field_of_module(fields: &[FieldNode], of: TypeId, prefix: &str) -> Option<String> {
    fields.iter().find_map(|field| {
        let module = field.module?;
        let prefix = format!("{prefix}{}.", field.name);
        let own = module
            .fields
            .iter()
            .find(|inner| inner.is_present() && inner.recipe != Recipe::Required && inner.id == of);
        own.map(|inner| format!("{prefix}{}", inner.name))
            .or_else(|| field_of_module(module.fields, of, &prefix))
    })
}

struct Walk<'a> {
    fields: &'a [FieldNode],
    /// Beginning of the ids: empty, or the name of a module with a dot.
    prefix: String,
    /// Nodes of components, for components that endpoints inject.
    #[cfg(feature = "axum")]
    known: &'a [Node],
    /// Vertices of components built in place, by type.
    own: HashMap<TypeId, usize>,
    vertices: Vec<Vertex>,
    edges: Vec<Edge>,
}

impl Walk<'_> {
    /// Adds the fields and what they need.
    fn fields(&mut self) {
        for field in self.fields.iter().filter(|field| field.is_present()) {
            self.vertices.push(vertex_of_field(field, &self.prefix));
            if let Some(module) = field.module {
                self.module(field, module);
            }
        }
        for field in self.fields.iter().filter(|field| field.is_present()) {
            self.field(field);
        }
    }

    /// Adds the fields of a module. Components that are built in it depend on its fields.
    fn module(&mut self, field: &FieldNode, module: &ModuleGraph) {
        let mut walk = Walk {
            fields: module.fields,
            prefix: format!("{}{}.", self.prefix, field.name),
            #[cfg(feature = "axum")]
            known: &[],
            own: HashMap::new(),
            vertices: mem::take(&mut self.vertices),
            edges: mem::take(&mut self.edges),
        };
        walk.fields();
        (self.vertices, self.edges) = (walk.vertices, walk.edges);
    }

    fn field(&mut self, field: &FieldNode) {
        let id = format!("{}{}", self.prefix, field.name);
        let dependencies = if field.on_demand.is_empty() { field.dependencies } else { field.on_demand };
        if field.module.is_some() {
            // What the module requires is a field of it.
            for dependency in dependencies {
                let from = dependency.name.map_or_else(|| id.clone(), |name| format!("{id}.{name}"));
                self.dependencies(&from, slice::from_ref(dependency));
            }
            return;
        }
        let dependencies = own_component(field).map_or(dependencies, |component| component.dependencies);
        let first = self.edges.len();
        self.dependencies(&id, dependencies);
        if let Some(reason) = field.exception {
            for edge in self.edges[first..].iter_mut().filter(|edge| edge.from == id) {
                edge.kind = EdgeKind::Excepted { reason };
            }
        }
    }

    /// Returns the id of a field.
    fn field_id(&self, field: usize) -> String {
        format!("{}{}", self.prefix, self.fields[field].name)
    }

    fn dependencies(&mut self, from: &str, dependencies: &[Dependency]) {
        for dependency in dependencies {
            let to = match dependency.node {
                Node::Field(field) => self.field_id(field),
                Node::InModule(field, inner) => match self.fields[field].module {
                    Some(module) => format!("{}.{}", self.field_id(field), module.fields[inner].name),
                    None => self.field_id(field),
                },
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
        let id = self.free_id(&format!("{}{}", self.prefix, component.name));
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
            module: module_of(&self.prefix),
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
            module: None,
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
        if let Some(id) = field_of_module(self.fields, id, "") {
            return id;
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
            scope: Scope::Transient,
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
