//! OpenAPI document and the page that shows it. Both are generated from the endpoints.

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
};
use inject_runtime::{
    Problem, Routes,
    openapi::{OperationDraft, OperationInput, OperationOutput},
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        ContentBuilder, HeaderBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OneOfBuilder, OpenApi,
        ResponseBuilder, Schema, ServerBuilder, Type,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::{Tag, TagBuilder},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{
    errors::InvalidFields,
    extract::{Json, Path, Query},
    responses::Created,
    routes::chatbot::AnswerStream,
};
use crate::{
    app::App,
    schemas::chat::{CitationResponse, DeltaResponse, DoneResponse},
};

/// Path of the OpenAPI document.
pub const DOCUMENT: &str = "/api/openapi.json";

/// Path of the documentation page.
pub const PAGE: &str = "/docs";

/// Tags of the endpoints with their descriptions. The tag of an endpoint is the module that declares it.
const TAGS: [(&str, &str); 6] = [
    (
        "auth",
        "Accounts and tokens. `POST /api/v1/auth/login` returns an access token: enter it under *Authorize* above.",
    ),
    ("users", "User accounts."),
    (
        "content",
        "Chapters of the book. Teachers write and publish chapters, admins delete them, students read them.",
    ),
    ("progress", "Reading progress."),
    ("chatbot", "Answers to questions, based on the book."),
    ("health", "Health checks for operators."),
];

/// Returns the OpenAPI document of `routes`.
#[must_use]
pub fn document(routes: &Routes<App>) -> OpenApi {
    let mut document = routes.openapi().into_openapi();
    document.info = InfoBuilder::new()
        .title("Learning platform")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "An AI textbook. Every path under `/api/v2` is also available under `/api` with the header `api-version: 2`; \
             without that header, `/api` is version 1. Errors are `application/problem+json` (RFC 9457).",
        ))
        .license(Some(LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).identifier(Some(env!("CARGO_PKG_LICENSE"))).build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").build()]);
    let used: Vec<&str> = document
        .paths
        .paths
        .values()
        .flat_map(|item| [&item.get, &item.post, &item.put, &item.patch, &item.delete])
        .flatten()
        .flat_map(|operation| operation.tags.iter().flatten())
        .map(String::as_str)
        .collect();
    let tag = |(name, description): (&str, &str)| -> Tag {
        TagBuilder::new().name(name).description(Some(description)).build()
    };
    document.tags = Some(TAGS.into_iter().filter(|(name, _)| used.contains(name)).map(tag).collect());
    // The generated document has the scheme of the bearer token. Its format is known only to this application.
    if let Some(components) = &mut document.components {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The `access_token` that `POST /api/v1/auth/login` returns."));
        components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer.build()).into());
    }
    document
}

/// Content security policy of the page: its own scripts, styles and images, and requests to this server only.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Returns a router that serves the document and a page that shows it. All files of the page are part of the program.
pub fn page(document: OpenApi) -> Router {
    let config = Config::default()
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .filter(true)
        .doc_expansion("list")
        // Disables the validator, which would be called over the network.
        .validator_url("none");
    Router::from(SwaggerUi::new(PAGE).url(DOCUMENT, document).config(config))
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        // May be stored, but is validated before each use.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache"),
        ))
}

impl<T: ToSchema> OperationInput for Json<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::Json<T>>();
        operation.problems_of::<InvalidFields>();
    }
}

impl<T> OperationInput for Path<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::extract::Path<T>>();
    }
}

impl<T: IntoParams> OperationInput for Query<T> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.input_with_problems::<axum::extract::Query<T>>();
        operation.problems_of::<InvalidFields>();
    }
}

impl<T: ToSchema> OperationOutput for Json<T> {
    fn operation_output(operation: &mut OperationDraft) {
        <axum::Json<T> as OperationOutput>::operation_output(operation);
    }
}

impl<T: ToSchema> OperationOutput for Created<T> {
    fn operation_output(operation: &mut OperationDraft) {
        let content = ContentBuilder::new().schema(Some(operation.schema::<T>())).build();
        let path = ObjectBuilder::new().schema_type(Type::String).build();
        let location =
            HeaderBuilder::new().schema(Some(path)).description(Some("Path of the new resource.")).build();
        let response = ResponseBuilder::new()
            .content("application/json", content)
            .header(header::LOCATION.as_str(), location);
        operation.response(StatusCode::CREATED, response.build());
    }
}

impl OperationOutput for AnswerStream {
    fn operation_output(operation: &mut OperationDraft) {
        let events = OneOfBuilder::new()
            .item(event::<CitationResponse>(operation, "passage"))
            .item(event::<DeltaResponse>(operation, "delta"))
            .item(event::<DoneResponse>(operation, "done"))
            .item(event::<Problem>(operation, "error"))
            .description(Some(format!(
                "An event. The last one is `done`, or `error` if the answer is incomplete.\n\n```text\n{EVENTS}```"
            )));
        let content = ContentBuilder::new().schema(Some(Schema::OneOf(events.build()))).build();
        let response = ResponseBuilder::new().description("The answer as a stream of events.");
        operation.response(StatusCode::OK, response.content("text/event-stream", content).build());
    }
}

/// Schema of an event of a stream. Its data is text that contains JSON.
fn event<T: ToSchema>(operation: &mut OperationDraft, name: &str) -> Schema {
    // Adds the schema to the document. The description refers to it by name, because OpenAPI 3.1 cannot describe the
    // data of events.
    operation.schema::<T>();
    let data = ObjectBuilder::new()
        .schema_type(Type::String)
        .content_media_type("application/json")
        .description(Some(format!("A `{}`.", T::name())));
    let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([name]));
    let event = ObjectBuilder::new()
        .property("event", name)
        .required("event")
        .property("data", data)
        .required("data");
    Schema::Object(event.build())
}

/// Example of a stream.
const EVENTS: &str = "event: passage
data: {\"number\":1,\"chapter_id\":7,\"title\":\"How plants eat\",\"grade_level\":5,\"position\":0,\"text\":\"A plant makes its food from light.\",\"score\":0.61}

event: delta
data: {\"text\":\"A plant makes its food from light. [1]\"}

event: done
data: {\"model\":\"extractive (offline)\",\"characters\":38,\"usage\":null}

";
