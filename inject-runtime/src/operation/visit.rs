//! Traversal of the schemas of a document.

use utoipa::openapi::{
    Content, PathItem, RefOr, Schema,
    header::Header,
    path::Operation,
    schema::{AdditionalProperties, ArrayItems},
};

type Visit<'a> = dyn FnMut(&mut RefOr<Schema>) + 'a;

/// Visits the top-level schemas of all operations of `item`.
pub(super) fn each_schema(item: &mut PathItem, visit: &mut Visit<'_>) {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    for operation in [get, put, post, delete, options, head, patch, trace].into_iter().flatten() {
        of_operation(operation, visit);
    }
}

fn of_operation(operation: &mut Operation, visit: &mut Visit<'_>) {
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
        Schema::OneOf(one_of) => one_of.items.iter_mut().for_each(visit),
        Schema::AllOf(all_of) => all_of.items.iter_mut().for_each(visit),
        Schema::AnyOf(any_of) => any_of.items.iter_mut().for_each(visit),
        // `Schema` is non-exhaustive.
        _ => {}
    }
}
