//! Unique names for all schemas that operations refer to.

use std::collections::{BTreeMap, HashMap};

use utoipa::openapi::{
    ObjectBuilder, Ref, RefOr, Schema,
    path::Operation,
    schema::{AnyOfBuilder, SchemaType},
};

use super::{
    PREFIX, Schemas,
    classes::Nodes,
    name::{Unnamed, unique_names},
};
use crate::operation::visit::{each_reference, each_schema};

/// Schema that is not described, or not exactly.
pub(crate) struct UnknownSchema {
    /// Number of an operation that uses it.
    pub(crate) operation: usize,
    /// The name of the schema.
    pub(crate) name: String,
    pub(crate) why: String,
}

impl Schemas {
    /// Returns the schemas that `operations` refer to, at any depth, under unique names, and what is missing.
    /// An inline schema that has a name is replaced by a reference.
    pub(crate) fn resolve<'a>(
        self,
        operations: impl Iterator<Item = &'a mut Operation>,
    ) -> (BTreeMap<String, RefOr<Schema>>, Vec<UnknownSchema>) {
        let nodes = Nodes::of(self.scopes);
        let classes = nodes.classes();
        let named = nodes.named();
        let mut resolution = Resolution {
            nodes: &nodes,
            classes: &classes,
            wanted: BTreeMap::new(),
            pending: Vec::new(),
            unknown: Vec::new(),
        };
        let mut operations: Vec<_> = operations.collect();
        for (number, operation) in operations.iter_mut().enumerate() {
            each_schema(operation, &mut |schema| {
                nodes.name(schema, None, &named);
                each_reference(schema, &mut |reference| resolution.settle(reference, None, number));
            });
        }
        let mut schemas = BTreeMap::new();
        while let Some((class, operation)) = resolution.pending.pop() {
            let node = &nodes.all[resolution.wanted[&class]];
            let mut schema = node.schema.clone();
            each_reference(&mut schema, &mut |reference| {
                resolution.settle(reference, Some(node.scope), operation);
            });
            schemas.insert(class, schema);
        }
        let renamed = resolution.names();
        let rename = |reference: &mut RefOr<Schema>| {
            if let RefOr::Ref(reference) = reference
                && let Some(class) = reference.ref_location.strip_prefix(PREFIX)
                && let Some(name) = class.parse().ok().and_then(|class: usize| renamed.get(&class))
            {
                reference.ref_location = format!("{PREFIX}{name}");
            }
        };
        for operation in operations {
            each_schema(operation, &mut |schema| each_reference(schema, &mut |schema| rename(schema)));
        }
        let unknown = resolution.unknown;
        let schemas = schemas.into_iter().map(|(class, mut schema)| {
            each_reference(&mut schema, &mut |schema| rename(schema));
            (renamed[&class].clone(), schema)
        });
        (schemas.collect(), unknown)
    }
}

struct Resolution<'a> {
    nodes: &'a Nodes,
    classes: &'a [usize],
    /// The first node of each class that is referred to.
    wanted: BTreeMap<usize, usize>,
    /// Classes whose references are to be settled, with an operation that uses them.
    pending: Vec<(usize, usize)>,
    unknown: Vec<UnknownSchema>,
}

impl Resolution<'_> {
    /// Replaces the target of a reference by the number of its class.
    fn settle(&mut self, schema: &mut RefOr<Schema>, scope: Option<usize>, operation: usize) {
        let RefOr::Ref(reference) = schema else { return };
        let Some(name) = reference.ref_location.strip_prefix(PREFIX) else { return };
        let targets = self.nodes.targets(&reference.ref_location, scope);
        let mut candidates: BTreeMap<usize, usize> = BTreeMap::new();
        for node in targets {
            candidates.entry(self.classes[node]).or_insert(node);
        }
        let name = name.split_once('~').map_or(name, |(_, name)| name).to_owned();
        for (&class, &node) in &candidates {
            self.want(class, node, operation);
        }
        match candidates.keys().collect::<Vec<_>>().as_slice() {
            [class] => reference.ref_location = format!("{PREFIX}{class}"),
            [] => {
                // A dangling reference would make the document invalid.
                *schema = ObjectBuilder::new().schema_type(SchemaType::AnyValue).into();
                self.report(operation, name, UNKNOWN.to_owned());
            }
            several => {
                let any_of = several.iter().fold(AnyOfBuilder::new(), |any_of, class| {
                    any_of.item(Ref::new(format!("{PREFIX}{class}")))
                });
                *schema = any_of.into();
                let owner = scope.map_or("the operation", |scope| self.nodes.types[scope]);
                let why = format!(
                    "`{owner}` refers to one of several types of this name: put `#[schema(as = other::{name})]` on one of them"
                );
                self.report(operation, name, why);
            }
        }
    }

    fn want(&mut self, class: usize, node: usize, operation: usize) {
        self.wanted.entry(class).or_insert_with(|| {
            self.pending.push((class, operation));
            node
        });
    }

    fn report(&mut self, operation: usize, name: String, why: String) {
        if !self.unknown.iter().any(|unknown| unknown.name == name && unknown.why == why) {
            self.unknown.push(UnknownSchema { operation, name, why });
        }
    }

    /// Returns the names of the classes that are referred to.
    fn names(&self) -> HashMap<usize, String> {
        // In the order of the operations, for names with numbers.
        let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
        for (node, class) in self.classes.iter().enumerate() {
            members.entry(*class).or_default().push(node);
        }
        let mut classes: Vec<_> = self.wanted.keys().copied().collect();
        classes.sort_by_key(|class| members[class][0]);
        let unnamed: Vec<_> = classes
            .iter()
            .map(|class| {
                let first = &self.nodes.all[members[class][0]];
                Unnamed {
                    short: &first.name,
                    ty: members[class].iter().find_map(|&node| self.nodes.all[node].ty),
                    owner: self.nodes.types[first.scope],
                }
            })
            .collect();
        classes.iter().copied().zip(unique_names(&unnamed)).collect()
    }
}

const UNKNOWN: &str = "the types that refer to it do not contain it: put `#[schema(inline)]` or `#[param(inline)]` on the field of this type, or use the type in another endpoint";
