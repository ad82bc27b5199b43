//! Bodies of requests.

use axum::{
    Json,
    body::Bytes,
    extract::{Form, rejection::JsonRejection},
};
use inject_runtime::{Routes, container, get, post, routes};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::support::{document, keys, only};

#[container]
struct App {}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code)]
struct NewBook {
    title: String,
    author: Author,
}

#[derive(Deserialize, ToSchema)]
#[allow(dead_code)]
struct Author {
    born: Date,
}

#[derive(Deserialize, ToSchema)]
struct Date(#[allow(dead_code)] String);

/// Type without a schema.
#[derive(Deserialize)]
struct Undescribed {}

macro_rules! operation {
    ($endpoint:ident) => {{
        fn routes() -> Routes<App> {
            routes![$endpoint]
        }
        only(&routes())
    }};
}

fn new_book() -> Value {
    json!({ "schema": { "$ref": "#/components/schemas/NewBook" } })
}

#[post("/json", public)]
async fn json_body(Json(_): Json<NewBook>) {}

#[test]
fn a_json_body_has_the_schema_of_its_type_and_the_responses_of_its_rejections() {
    let operation = operation!(json_body);
    let content = json!({ "application/json": new_book() });
    assert_eq!(operation["requestBody"], json!({ "content": content, "required": true }));
    assert_eq!(keys(&operation["responses"]), ["200", "400", "413", "415", "422"]);
    let text = json!({ "text/plain; charset=utf-8": { "schema": { "type": "string" } } });
    assert_eq!(
        operation["responses"]["415"],
        json!({ "description": "Unsupported Media Type", "content": text })
    );
}

#[test]
fn the_document_has_the_schemas_that_a_schema_refers_to() {
    fn routes() -> Routes<App> {
        routes![json_body]
    }
    let document = document(&routes());
    assert_eq!(keys(&document["components"]["schemas"]), ["Author", "Date", "NewBook"]);
}

#[test]
fn a_form_is_a_body_except_in_a_get() {
    #[post("/", public)]
    async fn sent(Form(_): Form<NewBook>) {}

    #[get("/", public)]
    async fn in_the_query(Form(_): Form<NewBook>) {}

    let sent = operation!(sent);
    assert_eq!(sent["requestBody"]["content"], json!({ "application/x-www-form-urlencoded": new_book() }));
    let in_the_query = operation!(in_the_query);
    assert_eq!(in_the_query["requestBody"], Value::Null);
    assert_eq!(in_the_query["parameters"][0]["schema"], json!({ "$ref": "#/components/schemas/Author" }));
    assert_eq!(in_the_query["parameters"][1]["name"], "title");
    assert_eq!(in_the_query["parameters"][1]["required"], true);
}

#[test]
fn text_and_bytes_have_media_types_of_their_own() {
    #[post("/a", public)]
    async fn text(_: String) {}

    #[post("/b", public)]
    async fn bytes(_: Bytes) {}

    let content = |operation: Value| operation["requestBody"]["content"].clone();
    assert_eq!(content(operation!(text)), json!({ "text/plain": { "schema": { "type": "string" } } }));
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    assert_eq!(content(operation!(bytes)), json!({ "application/octet-stream": binary }));
}

#[test]
fn a_multipart_body_has_its_media_type() {
    #[post("/", public)]
    async fn upload(_: axum::extract::Multipart) {}

    let upload = operation!(upload);
    assert_eq!(
        upload["requestBody"]["content"],
        json!({ "multipart/form-data": { "schema": { "type": "object" } } })
    );
    assert_eq!(keys(&upload["responses"]), ["200", "400", "413"]);
}

#[test]
fn an_optional_body_is_not_required() {
    #[post("/", public)]
    async fn optional(_: Option<Json<NewBook>>) {}

    assert_eq!(operation!(optional)["requestBody"]["required"], false);
}

#[test]
fn a_rejection_that_the_handler_catches_is_not_a_response() {
    #[post("/", public)]
    async fn caught(_: Result<Json<NewBook>, JsonRejection>) {}

    let caught = operation!(caught);
    assert!(caught["requestBody"].is_object());
    assert_eq!(keys(&caught["responses"]), ["200"]);
}

#[test]
fn a_type_without_a_schema_is_not_described() {
    #[post("/", public)]
    async fn undescribed(Json(_): Json<Undescribed>) {}

    let undescribed = operation!(undescribed);
    assert_eq!(undescribed["requestBody"], Value::Null);
    assert_eq!(keys(&undescribed["responses"]), ["200"]);
}
