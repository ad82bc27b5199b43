//! OpenAPI documents as JSON, and their validation.

use std::collections::{BTreeSet, HashSet};

use inject_runtime::{Container, Routes};
use serde_json::Value;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Returns the document of `routes`. Asserts that it is valid.
pub(crate) fn document<C: Container + Send + Sync>(routes: &Routes<C>) -> Value {
    let document = serde_json::to_value(routes.openapi()).expect("JSON");
    assert_valid(&document);
    document
}

/// Returns one operation.
pub(crate) fn operation<C: Container + Send + Sync>(routes: &Routes<C>, method: &str, path: &str) -> Value {
    let mut document = document(routes);
    let operation = document["paths"][path][method].take();
    assert!(operation.is_object(), "no operation {method} {path}");
    operation
}

/// Returns the only operation.
pub(crate) fn only<C: Container + Send + Sync>(routes: &Routes<C>) -> Value {
    let document = document(routes);
    let mut operations = operations(&document);
    let operation = operations.next().expect("an operation").2.clone();
    assert!(operations.next().is_none());
    operation
}

pub(crate) fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().expect("a path item");
        operations.iter().map(move |(method, operation)| (path, method, operation))
    })
}

/// Returns the names of the members of an object.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().into_iter().flat_map(|members| members.keys().map(String::as_str)).collect()
}

/// Asserts the rules of OpenAPI 3.1 that a generated document could break.
fn assert_valid(document: &Value) {
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let mut ids = HashSet::new();
    let mut templates = HashSet::new();
    for path in keys(&document["paths"]) {
        assert!(path.starts_with('/'), "{path}");
        let anonymous: Vec<_> =
            path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect();
        assert!(templates.insert(anonymous), "{path}: the template is there twice");
    }
    for (path, method, operation) in operations(document) {
        assert!(METHODS.contains(&&**method), "{method}");
        assert!(ids.insert(&operation["operationId"]), "{path}: {} is there twice", operation["operationId"]);
        assert_parameters(path, operation);
        assert_responses(path, operation);
        for name in operation["security"].as_array().into_iter().flatten().flat_map(keys) {
            assert!(document["components"]["securitySchemes"][name].is_object(), "{path}: {name}");
        }
    }
    for component in ["schemas", "securitySchemes"] {
        for name in keys(&document["components"][component]) {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            assert!(name.chars().all(is_allowed), "{name} is not a key of a component");
        }
    }
    assert_references(document, document);
}

fn assert_parameters(path: &str, operation: &Value) {
    let mut names = HashSet::new();
    let mut in_path = BTreeSet::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, place) = (parameter["name"].as_str(), parameter["in"].as_str());
        assert!(names.insert((name, place)), "{path}: {name:?} is there twice");
        assert!(parameter["schema"].is_object(), "{path}: {name:?} has a schema");
        if place == Some("path") {
            assert_eq!(parameter["required"], true, "{path}: {name:?}");
            in_path.extend(name);
        }
    }
    let template: BTreeSet<_> =
        path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    assert_eq!(in_path, template, "{path}");
}

fn assert_responses(path: &str, operation: &Value) {
    let responses = operation["responses"].as_object().expect("responses");
    assert!(!responses.is_empty(), "{path}");
    for (status, response) in responses {
        let is_status =
            status.len() == 3 && status.parse().is_ok_and(|status: u16| (100..600).contains(&status));
        assert!(is_status || ["default", "2XX"].contains(&&**status), "{path}: {status}");
        assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{path}: {status}");
    }
}

/// Asserts that every reference has its target.
fn assert_references(value: &Value, document: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref") {
                let pointer =
                    reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{pointer}");
            }
            members.values().for_each(|member| assert_references(member, document));
        }
        Value::Array(items) => items.iter().for_each(|item| assert_references(item, document)),
        _ => {}
    }
}
