//! Traversal of the schemas of a document.

use std::mem;

use utoipa::openapi::{
    Content, Discriminator, Ref, RefOr, Schema,
    header::Header,
    path::Operation,
    schema::{AdditionalProperties, ArrayItems},
};

type Visit<'a> = dyn FnMut(&mut RefOr<Schema>) + 'a;

/// Visits the top-level schemas of `operation`.
pub(super) fn each_schema(operation: &mut Operation, visit: &mut Visit<'_>) {
    for parameter in operation.parameters.iter_mut().flatten().filter_map(here) {
        parameter.schema.iter_mut().for_each(&mut *visit);
        of_contents(parameter.content.values_mut(), visit);
    }
    if let Some(body) = operation.request_body.as_mut().and_then(here) {
        of_contents(body.content.values_mut(), visit);
    }
    for response in operation.responses.responses.values_mut().filter_map(here) {
        of_contents(response.content.values_mut(), visit);
        for header in response.headers.values_mut().filter_map(here) {
            let Header { schema, content, .. } = header;
            schema.iter_mut().for_each(&mut *visit);
            of_contents(content.values_mut(), visit);
        }
    }
}

fn of_contents<'a>(contents: impl Iterator<Item = &'a mut RefOr<Content>>, visit: &mut Visit<'_>) {
    for content in contents.filter_map(here) {
        content.schema.iter_mut().chain(&mut content.item_schema).for_each(&mut *visit);
    }
}

/// Returns the value if it is inline, and `None` if it is a reference.
fn here<T>(value: &mut RefOr<T>) -> Option<&mut T> {
    match value {
        RefOr::T(value) => Some(value),
        RefOr::Ref(_) => None,
    }
}

/// Visits the direct children of `schema`.
pub(super) fn each_child(schema: &mut Schema, visit: &mut Visit<'_>) {
    match schema {
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                visit(items);
            }
            array.prefix_items.iter_mut().for_each(|item| each_child(item, visit));
        }
        Schema::Object(object) => {
            object.properties.values_mut().for_each(&mut *visit);
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                visit(values);
            }
        }
        Schema::OneOf(one_of) => of_variants(&mut one_of.items, &mut one_of.discriminator, visit),
        Schema::AllOf(all_of) => of_variants(&mut all_of.items, &mut all_of.discriminator, visit),
        Schema::AnyOf(any_of) => of_variants(&mut any_of.items, &mut any_of.discriminator, visit),
        // `Schema` is non-exhaustive.
        _ => {}
    }
}

fn of_variants(
    items: &mut [RefOr<Schema>],
    discriminator: &mut Option<Discriminator>,
    visit: &mut Visit<'_>,
) {
    items.iter_mut().for_each(&mut *visit);
    // A reference in a mapping is a text.
    for location in discriminator.iter_mut().flat_map(|discriminator| discriminator.mapping.values_mut()) {
        if location.starts_with('#') {
            let mut reference = RefOr::Ref(Ref::new(mem::take(location)));
            visit(&mut reference);
            if let RefOr::Ref(reference) = reference {
                *location = reference.ref_location;
            }
        }
    }
}

/// Visits the references in `schema`, at any depth, in a stable order.
pub(super) fn each_reference(schema: &mut RefOr<Schema>, visit: &mut Visit<'_>) {
    match schema {
        RefOr::Ref(_) => visit(schema),
        RefOr::T(schema) => each_child(schema, &mut |child| each_reference(child, visit)),
    }
}

/// Returns the locations of the references in `schema`, at any depth.
pub(super) fn references(schema: &mut RefOr<Schema>) -> Vec<String> {
    let mut locations = Vec::new();
    each_reference(schema, &mut |reference| {
        if let RefOr::Ref(reference) = reference {
            locations.push(reference.ref_location.clone());
        }
    });
    locations
}
