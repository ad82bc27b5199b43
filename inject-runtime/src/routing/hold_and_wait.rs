//! Endpoints whose requests hold a connection of a pool, in their unit of work, and wait for another one of the same pool.
//!
//! A pool of `n` connections stands still as soon as `n` such requests each hold one. It is not an error: the endpoint may use
//! the pool before the transaction begins, or after it ends.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
};

use super::tree::{Item, Mounted, walk_endpoints};
use crate::{
    container::SharedContainer,
    graph::{ComponentNode, Dependency, FieldNode, Node, Recipe},
    location::Location,
    metadata::{Injected, ParameterKind, ParameterSpec, Ports, ProviderKind, ProviderNode},
};

/// Warns of each endpoint that reaches the pool of its own unit of work, through whatever holds it.
pub(super) fn warn<C: SharedContainer>(items: &[Item<C>], ports: &Ports) {
    let mut components = Components::of(C::FIELDS.iter().map(|field| field.node).collect());
    walk_endpoints(items, &mut |mounted| {
        components.add_all(mounted.endpoint.injected);
        mounted.arounds().for_each(|around| components.add_all(around.injected));
    });
    walk_endpoints(items, &mut |mounted| {
        let parameters = parameters(&mounted);
        let spec = mounted.endpoint.spec;
        let mut handles = Handles { ports, found: Vec::new(), visited: HashSet::new() };
        handles.visit_all((spec.name, spec.location), &parameters);
        let mut pools = HashSet::new();
        for Handle { name, owner: (owner, place), pool } in handles.found {
            if !pools.insert(pool) {
                continue;
            }
            let visited = read_before(&mounted, ports);
            let mut search = Search { components: &components, ports, pool, visited, path: Vec::new() };
            if search.parameters(&parameters) {
                let path =
                    search.path.iter().rev().map(|step| format!("`{step}`")).collect::<Vec<_>>().join(" -> ");
                let endpoint = format!("{}::{}", spec.module, spec.name);
                tracing::warn!(
                    method = spec.method.as_str(),
                    route = mounted.path,
                    endpoint,
                    "`{name}`, which `{owner}` at {place} takes, holds a connection of a pool that the endpoint also reaches by {path}: when requests hold all connections, each waits for one more; pass the transaction to what holds the pool, or give that a pool of its own",
                );
            }
        }
    });
}

/// Returns what the guards, the around functions, the policy and the endpoint itself extract.
fn parameters<C>(mounted: &Mounted<'_, '_, C>) -> Vec<ParameterSpec> {
    let spec = mounted.endpoint.spec;
    let guards = mounted.at.guards.iter().filter_map(|guard| guard.spec.parameter);
    let arounds = mounted.arounds().flat_map(|around| around.spec.parameters).copied();
    guards.chain(arounds).chain(spec.principal).chain(spec.parameters.iter().copied()).collect()
}

/// Returns the outputs that are there before the transaction begins: those of the guards and of the policy, of functions that
/// take no handle themselves. A function reads from a pool, and a component holds it.
fn read_before<C>(mounted: &Mounted<'_, '_, C>, ports: &Ports) -> HashSet<TypeId> {
    let spec = mounted.endpoint.spec;
    let guards = mounted.at.guards.iter().filter_map(|guard| guard.spec.parameter);
    let stated = spec.parameters.iter().copied().filter(|parameter| parameter.demands_credentials);
    let first = guards.chain(spec.principal).chain(stated);
    let functions = first.filter_map(|parameter| {
        let node = provider(ports, &parameter).filter(|node| node.kind == ProviderKind::Cached)?;
        let mut handles = Handles { ports, found: Vec::new(), visited: HashSet::new() };
        handles.visit_all((node.name, node.location), node.parameters);
        handles.found.is_empty().then(|| (node.output.id)())
    });
    functions.collect()
}

/// Fields of the container, and the components whose dependencies are known.
struct Components {
    fields: Vec<FieldNode>,
    in_place: HashMap<TypeId, &'static ComponentNode>,
}

impl Components {
    fn of(fields: Vec<FieldNode>) -> Self {
        let mut components = Self { fields, in_place: HashMap::new() };
        for index in 0..components.fields.len() {
            components.add_dependencies(components.fields[index].dependencies);
        }
        components
    }

    fn add_all(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.add(node);
        }
    }

    fn add(&mut self, node: &Node) {
        if let Node::Component(component) = node
            && self.in_place.insert(component.id, component).is_none()
        {
            self.add_dependencies(component.dependencies);
        }
    }

    fn add_dependencies(&mut self, dependencies: &[Dependency]) {
        for dependency in dependencies {
            self.add(&dependency.node);
        }
    }
}

/// Handle on a unit of work.
struct Handle {
    name: &'static str,
    /// Endpoint, provider or component that takes it, with its place.
    owner: (&'static str, Location),
    /// Type under which the container has the pool.
    pool: TypeId,
}

/// Search for the handles among the parameters of an endpoint, at any depth.
struct Handles<'a> {
    ports: &'a Ports,
    found: Vec<Handle>,
    visited: HashSet<TypeId>,
}

impl Handles<'_> {
    fn visit_all(&mut self, owner: (&'static str, Location), parameters: &[ParameterSpec]) {
        for parameter in parameters {
            if let Some(node) = provider(self.ports, parameter)
                && self.visited.insert((node.output.id)())
            {
                self.visit(owner, node);
            }
        }
    }

    fn visit(&mut self, owner: (&'static str, Location), node: &'static ProviderNode) {
        if node.output.unit.is_none() {
            // A handle of this library is named by what takes it.
            let owner = if node.location.line == 0 { owner } else { (node.name, node.location) };
            return self.visit_all(owner, node.parameters);
        }
        for parameter in node.parameters {
            if let ParameterKind::Injected(pool) = parameter.kind {
                self.found.push(Handle { name: node.name, owner, pool: (pool.id)() });
            }
        }
    }
}

/// Returns the provider of a parameter.
fn provider(ports: &Ports, parameter: &ParameterSpec) -> Option<&'static ProviderNode> {
    match ports.resolve(parameter.kind) {
        ParameterKind::Provider(node) | ParameterKind::Wrapped(node, _) | ParameterKind::Uncached(node) => {
            Some(node())
        }
        // A new scope has a unit of work of its own.
        _ => None,
    }
}

/// Search for a pool in the dependencies of an endpoint, other than through handles.
struct Search<'a> {
    components: &'a Components,
    ports: &'a Ports,
    pool: TypeId,
    visited: HashSet<TypeId>,
    /// Steps to the pool, last one first.
    path: Vec<String>,
}

impl Search<'_> {
    fn parameters(&mut self, parameters: &[ParameterSpec]) -> bool {
        parameters.iter().any(|parameter| match parameter.kind {
            ParameterKind::Injected(injected) => self.injected(injected),
            _ => provider(self.ports, parameter).is_some_and(|node| {
                node.output.unit.is_none()
                    && self.visited.insert((node.output.id)())
                    && self.parameters(node.parameters)
                    && self.step(&node.name)
            }),
        })
    }

    /// Adds a step to the path that was found.
    fn step(&mut self, name: &impl ToString) -> bool {
        self.path.push(name.to_string());
        true
    }

    fn injected(&mut self, injected: Injected) -> bool {
        let (components, id) = (self.components, (injected.id)());
        match provided(&components.fields, id) {
            Some((fields, field)) => self.field(fields, field),
            None => components
                .in_place
                .get(&id)
                .is_some_and(|component| self.component(&components.fields, component)),
        }
    }

    /// Searches a field, which is one of `fields`: those of the container or of a module.
    fn field(&mut self, fields: &[FieldNode], field: &FieldNode) -> bool {
        if field.id == self.pool {
            return self.step(field);
        }
        // A field of a component is one step.
        let dependencies = match (field.recipe, field.dependencies) {
            (Recipe::Component, [Dependency { node: Node::Component(component), .. }]) => {
                component.dependencies
            }
            // A factory runs at the start. What it returns need not hold what it takes.
            (Recipe::Factory(_) | Recipe::Module, _) => return false,
            (_, dependencies) => dependencies,
        };
        self.visited.insert(field.id) && self.dependencies(fields, dependencies) && self.step(field)
    }

    fn component(&mut self, fields: &[FieldNode], component: &ComponentNode) -> bool {
        self.visited.insert(component.id)
            && self.dependencies(fields, component.dependencies)
            && self.step(&component.name)
    }

    fn dependencies(&mut self, fields: &[FieldNode], dependencies: &[Dependency]) -> bool {
        dependencies.iter().any(|dependency| match dependency.node {
            Node::Field(index) => fields.get(index).is_some_and(|field| self.field(fields, field)),
            Node::InModule(index, inner) => {
                let module = fields.get(index).and_then(|field| field.module);
                module.is_some_and(|module| self.field(module.fields, &module.fields[inner]))
            }
            Node::Component(component) => self.component(fields, component),
        })
    }
}

/// Returns the field that provides the type with this id, with the fields of its container or module.
fn provided(fields: &[FieldNode], id: TypeId) -> Option<(&[FieldNode], &FieldNode)> {
    let own = fields.iter().find(|field| field.is_present() && field.id == id);
    own.map(|field| (fields, field))
        .or_else(|| fields.iter().find_map(|field| provided(field.module?.fields, id)))
}
