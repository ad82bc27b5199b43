//! Schemas as nodes of a graph, and which of them are the same.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    panic::resume_unwind,
    thread,
};

use utoipa::openapi::{Ref, RefOr, Schema};

use super::{PREFIX, Scope};
use crate::operation::visit::{each_child, each_reference, references};

/// Schema in the scope of a type.
pub(super) struct Node {
    pub(super) scope: usize,
    pub(super) name: String,
    /// The type, if the node is the schema of the scope itself.
    pub(super) ty: Option<&'static str>,
    pub(super) schema: RefOr<Schema>,
}

/// All schemas, of all scopes.
pub(super) struct Nodes {
    pub(super) all: Vec<Node>,
    /// Types of the scopes.
    pub(super) types: Vec<&'static str>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Nodes {
    pub(super) fn of(scopes: Vec<Scope>) -> Self {
        let has_end = have_end(&scopes);
        let types = scopes.iter().map(|scope| scope.ty).collect();
        let mut nodes = Self { all: Vec::new(), types, by_name: HashMap::new() };
        for (index, (scope, has_end)) in scopes.into_iter().zip(has_end).enumerate() {
            let start = nodes.all.len();
            let inner = if has_end { collect(&scope) } else { Vec::new() };
            let own = scope.name.map(|name| (name, scope.schema));
            let is_named = own.is_some();
            for (name, schema) in own.into_iter().chain(inner) {
                let is_known = |node: &Node| node.name == name && node.schema == schema;
                if !nodes.all[start..].iter().any(is_known) {
                    let ty = (is_named && nodes.all.len() == start).then_some(scope.ty);
                    nodes.by_name.entry(name.clone()).or_default().push(nodes.all.len());
                    nodes.all.push(Node { scope: index, name, ty, schema });
                }
            }
        }
        nodes.name_inline_schemas();
        nodes
    }

    /// Returns the nodes that a reference means: several if the name is ambiguous, none if it is unknown.
    pub(super) fn targets(&self, location: &str, scope: Option<usize>) -> Vec<usize> {
        let Some(name) = location.strip_prefix(PREFIX) else { return Vec::new() };
        if let Some(node) = name.strip_prefix('@') {
            return node.parse().into_iter().collect();
        }
        let (scope, name) = match name.split_once('~') {
            Some((scope, name)) => (scope.parse().ok(), name),
            None => (scope, name),
        };
        let everywhere = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let Some(scope) = scope else { return everywhere.to_vec() };
        let is_here =
            |node: &Node| node.scope == scope || node.ty.is_some_and(|ty| is_argument(ty, self.types[scope]));
        let here: Vec<_> = everywhere.iter().copied().filter(|&node| is_here(&self.all[node])).collect();
        // Nothing was collected from a type that contains itself.
        if here.is_empty() { everywhere.to_vec() } else { here }
    }

    /// Replaces inline schemas that have a name by references to it: utoipa writes out the arguments of a
    /// generic type.
    fn name_inline_schemas(&mut self) {
        // A replacement can make a schema around it equal to a named one.
        for _ in 0..4 {
            let named = self.named();
            let mut is_changed = false;
            for index in 0..self.all.len() {
                let scope = self.all[index].scope;
                let mut schema = self.all[index].schema.clone();
                if let RefOr::T(schema) = &mut schema {
                    each_child(schema, &mut |child| is_changed |= self.name(child, Some(scope), &named));
                }
                self.all[index].schema = schema;
            }
            if !is_changed {
                return;
            }
        }
    }

    /// Returns the nodes by their literal schemas.
    pub(super) fn named(&self) -> HashMap<String, Vec<usize>> {
        let mut named: HashMap<_, Vec<_>> = HashMap::new();
        for (index, node) in self.all.iter().enumerate() {
            if has_name(&node.schema) {
                named.entry(self.literal(&node.schema)).or_default().push(index);
            }
        }
        named
    }

    /// Replaces the named schemas in `schema`, innermost first. Returns whether there are any.
    pub(super) fn name(
        &self,
        schema: &mut RefOr<Schema>,
        scope: Option<usize>,
        named: &HashMap<String, Vec<usize>>,
    ) -> bool {
        let mut is_changed = false;
        let RefOr::T(inline) = schema else { return false };
        each_child(inline, &mut |child| is_changed |= self.name(child, scope, named));
        if !has_name(schema) {
            return is_changed;
        }
        let candidates = named.get(&self.literal(schema)).map(Vec::as_slice).unwrap_or_default();
        let found: HashSet<_> = candidates.iter().map(|&node| &self.all[node].name).collect();
        if found.len() != 1 {
            return is_changed;
        }
        let here = candidates.iter().find(|&&node| Some(self.all[node].scope) == scope);
        let Some(&node) = here.or_else(|| candidates.iter().max_by_key(|&&node| self.nearness(node, scope)))
        else {
            return is_changed;
        };
        *schema = Ref::new(format!("{PREFIX}@{node}")).into();
        true
    }

    /// Returns how much the paths of the type of `node` and of the scope have in common.
    fn nearness(&self, node: usize, scope: Option<usize>) -> (bool, usize) {
        let (Some(scope), node) = (scope, &self.all[node]) else { return (self.all[node].ty.is_some(), 0) };
        let (a, b) = (node.ty.unwrap_or(self.types[node.scope]), self.types[scope]);
        let common = a.split("::").zip(b.split("::")).take_while(|(a, b)| a == b).count();
        (b.contains(a), common)
    }

    /// Returns the schema as text, with the names that it refers to.
    fn literal(&self, schema: &RefOr<Schema>) -> String {
        let mut schema = schema.clone();
        each_reference(&mut schema, &mut |reference| {
            if let RefOr::Ref(reference) = reference
                && let Some(name) = reference.ref_location.strip_prefix(PREFIX)
            {
                let node = name.strip_prefix('@').and_then(|node| node.parse::<usize>().ok());
                let name = match node {
                    Some(node) => &self.all[node].name,
                    None => name.split_once('~').map_or(name, |(_, name)| name),
                };
                reference.ref_location = format!("{PREFIX}{name}");
            }
        });
        serde_json::to_string(&schema).unwrap_or_default()
    }

    /// Returns the class of each node: nodes of one class have the same name and the same schema, at any
    /// depth, and are not known to be different types.
    pub(super) fn classes(&self) -> Vec<usize> {
        let literals: Vec<_> = self.all.iter().map(|node| self.literal(&node.schema)).collect();
        let targets: Vec<Vec<Vec<usize>>> = self
            .all
            .iter()
            .map(|node| {
                let locations = references(&mut node.schema.clone());
                locations.iter().map(|location| self.targets(location, Some(node.scope))).collect()
            })
            .collect();
        let mut classes = vec![0; self.all.len()];
        let mut count = 0;
        // Partition refinement: each round looks one reference further.
        loop {
            let mut ids = HashMap::new();
            let refined: Vec<_> = (0..self.all.len())
                .map(|node| {
                    let reached: Vec<BTreeSet<_>> = targets[node]
                        .iter()
                        .map(|nodes| nodes.iter().map(|&node| classes[node]).collect())
                        .collect();
                    let next = ids.len();
                    *ids.entry((&self.all[node].name, &literals[node], reached)).or_insert(next)
                })
                .collect();
            let refined_count = ids.len();
            classes = refined;
            if refined_count == count {
                break;
            }
            count = refined_count;
        }
        self.split_by_type(&classes)
    }

    /// Splits the classes of different types whose schemas are equal. A nested schema, whose type is not known,
    /// belongs to the nearest one.
    fn split_by_type(&self, classes: &[usize]) -> Vec<usize> {
        let mut known: HashMap<usize, Vec<usize>> = HashMap::new();
        for (node, class) in classes.iter().enumerate() {
            let nodes = known.entry(*class).or_default();
            if self.all[node].ty.is_some()
                && !nodes.iter().any(|&other| self.all[other].ty == self.all[node].ty)
            {
                nodes.push(node);
            }
        }
        let mut ids = HashMap::new();
        classes
            .iter()
            .enumerate()
            .map(|(node, class)| {
                let ty = self.all[node].ty.or_else(|| {
                    let scope = Some(self.all[node].scope);
                    let nearest = known[class].iter().rev().max_by_key(|&&other| self.nearness(other, scope));
                    nearest.and_then(|&other| self.all[other].ty)
                });
                let next = ids.len();
                *ids.entry((class, ty)).or_insert(next)
            })
            .collect()
    }
}

/// Returns whether `ty` is an argument of the generic type `of`.
fn is_argument(ty: &str, of: &str) -> bool {
    of.split_once('<').is_some_and(|(_, arguments)| {
        let is_part = |character: char| character.is_alphanumeric() || "_:<".contains(character);
        arguments.match_indices(ty).any(|(start, _)| {
            let (before, after) = (&arguments[..start], &arguments[start + ty.len()..]);
            !before.ends_with(|character: char| is_part(character) && character != '<')
                && !after.starts_with(is_part)
        })
    })
}

/// Returns whether an inline schema can be replaced by a name. A newtype of text has the same schema as text.
fn has_name(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => !object.properties.is_empty() || object.enum_values.is_some(),
        RefOr::T(Schema::OneOf(_) | Schema::AllOf(_)) => true,
        _ => false,
    }
}

/// Returns, for each scope, whether the schemas that it refers to can be collected. utoipa follows the fields
/// of types, and finds no end in a type that contains itself, unless one of its fields is under
/// `#[schema(no_recursion)]`. The attribute leaves no trace, so that the names alone decide: from a type whose
/// name is reached again, nothing is collected.
fn have_end(scopes: &[Scope]) -> Vec<bool> {
    let mut edges: HashMap<&str, HashSet<String>> = HashMap::new();
    let names = |scope: &Scope| -> HashSet<String> {
        let locations = references(&mut scope.schema.clone()).into_iter();
        locations.filter_map(|location| location.strip_prefix(PREFIX).map(str::to_owned)).collect()
    };
    for scope in scopes {
        if let Some(name) = &scope.name {
            edges.entry(name).or_default().extend(names(scope));
        }
    }
    let reached = |from: HashSet<String>| {
        let (mut reached, mut pending) = (from.clone(), Vec::from_iter(from));
        while let Some(name) = pending.pop() {
            for next in edges.get(name.as_str()).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    pending.push(next.clone());
                }
            }
        }
        reached
    };
    let cyclic: HashSet<&str> =
        edges.keys().copied().filter(|name| reached(edges[name].clone()).contains(*name)).collect();
    scopes
        .iter()
        .map(|scope| {
            let own = super::Name::of(scope.ty).inner_names();
            let mut names = reached(names(scope));
            // utoipa writes out the argument of a container: a reference to its name is one to itself.
            let is_in_container = scope.name.is_none() && own.iter().any(|name| names.contains(name));
            names.extend(scope.name.clone());
            !is_in_container && !names.iter().any(|name| cyclic.contains(name.as_str()))
        })
        .collect()
}

/// Collects the schemas that the type of a scope refers to.
fn collect(scope: &Scope) -> Vec<(String, RefOr<Schema>)> {
    let collect = || {
        let mut schemas = Vec::new();
        (scope.collect)(&mut schemas);
        schemas
    };
    if references(&mut scope.schema.clone()).is_empty() {
        return Vec::new();
    }
    // If the stack overflows after all, rustc's runtime prints the name of the thread, and nothing else.
    let name = format!(
        "the types in `{}` contain each other: put `#[schema(no_recursion)]` on one of the fields",
        scope.ty
    );
    thread::scope(|threads| match thread::Builder::new().name(name).spawn_scoped(threads, collect) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
        Err(_) => collect(),
    })
}
