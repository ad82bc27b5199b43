//! Parameters in the path, in the query and in headers, also of providers.

use axum::extract::{Path, Query};
use inject_runtime::{Routes, Uncached, container, get, inject, routes, service};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{ParameterBuilder, ParameterIn},
};

use super::support::{keys, only};
use inject_runtime::openapi::{OperationDraft, OperationInput};

#[container]
struct App {}

/// A number of a book.
#[derive(Deserialize, ToSchema)]
struct BookId(#[allow(dead_code)] i64);

#[derive(Deserialize, IntoParams)]
#[allow(dead_code)]
struct Place {
    /// Which shelf.
    shelf: u32,
    row: String,
}

#[derive(Deserialize)]
struct Unknown {
    #[allow(dead_code)]
    id: String,
}

macro_rules! parameters {
    ($($endpoint:ident)*) => {{
        fn routes() -> Routes<App> {
            routes![$($endpoint)*]
        }
        only(&routes())["parameters"].clone()
    }};
}

fn in_path(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

#[test]
fn a_single_parameter_has_the_name_in_the_path() {
    #[get("/books/{book_id}", public)]
    async fn show(Path(_): Path<i64>) {}

    assert_eq!(
        parameters![show],
        json!([in_path("book_id", &json!({ "type": "integer", "format": "int64" }))])
    );
}

#[test]
fn the_schema_of_a_custom_type_is_a_reference() {
    #[get("/books/{id}", public)]
    async fn show(Path(_): Path<BookId>) {}

    assert_eq!(parameters![show], json!([in_path("id", &json!({ "$ref": "#/components/schemas/BookId" }))]));
}

#[test]
fn the_parameters_of_a_tuple_are_in_the_order_of_the_path() {
    #[get("/books/{id}/pages/{page}", public)]
    async fn show(Path(_): Path<(BookId, u8)>) {}

    let page = json!({ "type": "integer", "format": "int32", "minimum": 0 });
    let id = json!({ "$ref": "#/components/schemas/BookId" });
    assert_eq!(parameters![show], json!([in_path("id", &id), in_path("page", &page)]));
}

#[test]
fn the_parameters_of_a_struct_have_the_names_of_its_fields() {
    #[get("/shelves/{shelf}/{row}", public)]
    async fn show(Path(_): Path<Place>) {}

    let parameters = parameters![show];
    assert_eq!(parameters[0]["description"], "Which shelf.");
    assert_eq!(parameters[0]["schema"]["type"], "integer");
    assert_eq!(parameters[1], in_path("row", &json!({ "type": "string" })));
}

#[test]
fn a_path_parameter_without_a_described_type_is_a_string() {
    #[get("/a/{id}", public)]
    async fn unknown(Path(_): Path<Unknown>) {}

    #[get("/b/{id}", public)]
    async fn untaken() {}

    let expected = json!([in_path("id", &json!({ "type": "string" }))]);
    assert_eq!(parameters![unknown], expected);
    assert_eq!(parameters![untaken], expected);
}

#[derive(Deserialize, IntoParams)]
#[allow(dead_code)]
struct Paging {
    /// The first that is wanted.
    from: Option<u32>,
    size: u8,
}

#[test]
fn a_query_has_the_parameters_of_its_type() {
    #[get("/", public)]
    async fn list(Query(_): Query<Paging>) {}

    let parameters = parameters![list];
    assert_eq!((&parameters[0]["name"], &parameters[0]["in"]), (&json!("from"), &json!("query")));
    assert_eq!(parameters[0]["description"], "The first that is wanted.");
    assert_eq!((&parameters[0]["required"], &parameters[1]["required"]), (&json!(false), &json!(true)));
}

#[derive(Deserialize, IntoParams)]
#[allow(dead_code)]
struct Sorting {
    order: Order,
}

#[derive(Deserialize, ToSchema)]
enum Order {
    Up,
    Down,
}

#[test]
fn a_reference_to_an_unknown_schema_becomes_any_schema() {
    #[get("/", public)]
    async fn list(Query(_): Query<Sorting>) {}

    assert_eq!(parameters![list][0]["schema"], json!({}));
    let _ = (Order::Up, Order::Down);
}

#[derive(Clone)]
struct Tenant;

/// Extractor written by hand that reads a header.
struct TenantName;

impl<S: Sync> axum::extract::FromRequestParts<S> for TenantName {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut axum::http::request::Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl OperationInput for TenantName {
    fn operation_input(operation: &mut OperationDraft) {
        let schema = operation.schema::<String>();
        let parameter = ParameterBuilder::new()
            .name("X-Tenant")
            .parameter_in(ParameterIn::Header)
            .required(utoipa::openapi::Required::True)
            .schema(Some(schema));
        operation.parameter(parameter.build());
    }
}

#[inject]
async fn tenant(_name: TenantName) -> Tenant {
    Tenant
}

#[derive(Clone)]
struct Window;

#[inject]
async fn window(_tenant: Tenant, Query(_): Query<Paging>) -> Window {
    Window
}

#[service(scope = request)]
struct Search {
    _window: Window,
}

#[test]
fn the_parameters_of_a_provider_are_in_each_endpoint_that_uses_it() {
    #[get("/a", public)]
    async fn direct(_window: Window, _again: Window) {}

    #[get("/b", public)]
    async fn uncached(_window: Uncached<Window>) {}

    #[get("/c", public)]
    async fn component(_search: Search) {}

    for parameters in [parameters![direct], parameters![uncached], parameters![component]] {
        let names: Vec<_> =
            parameters.as_array().expect("parameters").iter().map(|parameter| &parameter["name"]).collect();
        assert_eq!(names, ["X-Tenant", "from", "size"]);
    }
}

#[test]
fn the_parameters_of_an_optional_provider_are_not_required() {
    #[get("/", public)]
    async fn list(_window: Option<Window>) {}

    for parameter in parameters![list].as_array().expect("parameters") {
        assert_eq!(parameter["required"], false, "{parameter}");
    }
}

#[test]
fn a_parameter_of_two_extractors_is_one_that_is_required_if_one_requires_it() {
    #[derive(Deserialize, IntoParams)]
    #[allow(dead_code)]
    struct Optional {
        /// How many.
        size: Option<u8>,
    }

    #[get("/", public)]
    async fn list(_window: Option<Window>, Query(_): Query<Optional>, _: TenantName) {}

    let parameters = parameters![list];
    let names: Vec<_> =
        parameters.as_array().expect("parameters").iter().map(|parameter| &parameter["name"]).collect();
    assert_eq!(names, ["X-Tenant", "from", "size"]);
    assert_eq!(parameters[0]["required"], true);
    assert_eq!(parameters[2]["description"], "How many.");
}

#[test]
fn extractors_without_a_description_are_not_parameters() {
    #[get("/", public)]
    async fn plain(_: axum::http::HeaderMap, _: axum::extract::RawQuery) {}

    fn routes() -> Routes<App> {
        routes![plain]
    }
    let plain = only(&routes());
    assert!(!keys(&plain).contains(&"parameters"), "{plain}");
    assert_eq!(keys(&plain["responses"]), ["200"]);
}
