//! Tests of the OpenAPI document and of the page that shows it.

use std::collections::BTreeSet;

use learning_platform::api::{
    openapi::document,
    routes::{endpoints, routes},
};
use serde_json::{Value, json};

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

fn document_json() -> Value {
    serde_json::to_value(document(&endpoints())).expect("JSON")
}

/// Returns all operations: method, path, description.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of =
        |(path, item): (&String, &'_ Value)| (path.clone(), item.as_object().expect("a path item").clone());
    let mut all = Vec::new();
    for (path, item) in paths {
        let (path, _) = of((path, item));
        for (method, operation) in item.as_object().expect("a path item") {
            all.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    all
}

#[test]
fn all_endpoints_are_documented() {
    let document = document_json();
    let documented: BTreeSet<_> =
        operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let table = endpoints().table();
    let declared: BTreeSet<_> =
        table.rows().iter().map(|row| (row.method.to_owned(), row.path.clone())).collect();
    assert_eq!(documented, declared);
    assert!(declared.len() > 20, "{declared:?}");
}

#[test]
fn every_operation_has_a_summary_a_tag_and_its_security() {
    let document = document_json();
    let table = endpoints().table();
    for (method, path, operation) in operations(&document) {
        let row =
            table.rows().iter().find(|row| row.method == method && row.path == path).expect("an endpoint");
        let is_public = row.policy.to_string() == "public";
        assert_eq!(operation["security"] == json!([]), is_public, "{method} {path}: {}", row.policy);
        assert!(operation["summary"].is_string(), "{method} {path}: no summary");
        assert!(operation["operationId"].is_string(), "{method} {path}: no id");
        let tag = operation["tags"][0].as_str().expect("a tag");
        let tags = document["tags"].as_array().expect("tags");
        assert!(
            tags.iter().any(|described| described["name"] == tag),
            "{method} {path}: {tag} is not described"
        );
        if !is_public {
            assert!(operation["responses"]["401"].is_object(), "{method} {path}: 401 is not described");
        }
    }
}

#[test]
fn every_reference_of_the_document_resolves() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    found.push(reference);
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document_json();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("in this document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_page_accepts_bearer_tokens() {
    let document = document_json();
    let bearer = &document["components"]["securitySchemes"]["bearer"];
    assert_eq!(
        (&bearer["type"], &bearer["scheme"], &bearer["bearerFormat"]),
        (&"http".into(), &"bearer".into(), &"JWT".into())
    );
}

on_each_database! {
    async fn the_document_is_served(db: Database) {
        let app = TestApp::new(&db).await;
        assert_eq!(app.get("/api/openapi.json").await.expect(200), document_json());
    }

    /// All assets are served by the application, so that the page works without a network.
    async fn the_page_loads_no_external_assets(db: Database) {
        let app = TestApp::new(&db).await;
        assert_eq!(app.get("/docs").await.header("location"), "/docs/");
        let page = app.get("/docs/").await.text();
        for asset in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-initializer.js"] {
            assert!(page.contains(asset), "{page}");
            let answer = app.get(&format!("/docs/{asset}")).await;
            assert_eq!(answer.status, 200, "{asset}");
            assert!(!answer.body.is_empty(), "{asset}");
        }
        for external in ["https://", "http://", "\"//"] {
            assert!(!page.contains(external), "{page}");
        }
        assert!(app.get("/docs/swagger-initializer.js").await.text().contains("/api/openapi.json"));
    }
}

#[test]
fn the_router_contains_all_endpoints() {
    assert_eq!(routes().table().rows().len(), endpoints().table().rows().len());
}
