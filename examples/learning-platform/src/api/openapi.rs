//! The description of the API for clients, and the page that shows it. Both are made from the endpoints.

use axum::{
    Router,
    http::{StatusCode, header},
};
use inject_runtime::{
    Problem, Routes,
    openapi::{OperationDraft, OperationInput, OperationOutput},
};
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

/// Where the description is.
pub const DOCUMENT: &str = "/api/openapi.json";

/// Where the page is.
pub const PAGE: &str = "/docs";

/// The groups that endpoints are in: the modules that they are declared in.
const TAGS: [(&str, &str); 6] = [
    (
        "auth",
        "Accounts, and the tokens that let one in. `POST /api/v1/auth/login` gives an access token: put it into *Authorize*, above.",
    ),
    ("users", "Who is who."),
    (
        "content",
        "The chapters of the book. Teachers write and publish them, admins delete them, students read them.",
    ),
    ("progress", "How far somebody has read."),
    ("chatbot", "Answers to questions, out of the book."),
    ("health", "For whoever runs this."),
];

/// The description of `routes`.
#[must_use]
pub fn document(routes: &Routes<App>) -> OpenApi {
    let mut document = routes.openapi();
    document.info = InfoBuilder::new()
        .title("Learning platform")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "An AI textbook. What is under `/api/v2` is under `/api` as well, for those who send the header `api-version: 2`; \
             without that header, it is version 1. Errors are `application/problem+json` (RFC 9457).",
        ))
        .license(Some(LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").build()]);
    let used: Vec<&str> = document
        .paths
        .paths
        .values()
        .flat_map(|it| [&it.get, &it.post, &it.put, &it.patch, &it.delete])
        .flatten()
        .flat_map(|it| it.tags.iter().flatten())
        .map(String::as_str)
        .collect();
    let tag = |(name, description): (&str, &str)| -> Tag {
        TagBuilder::new().name(name).description(Some(description)).build()
    };
    document.tags = Some(TAGS.into_iter().filter(|(name, _)| used.contains(name)).map(tag).collect());
    // That a bearer has a token is known; what is in the token is ours.
    if let Some(components) = &mut document.components {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The `access_token` that `POST /api/v1/auth/login` answers with."));
        components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer.build()).into());
    }
    document
}

/// The description, and a page that shows it. All that the page needs is part of the program.
pub fn page(document: OpenApi) -> Router {
    let config = Config::default()
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .filter(true)
        .doc_expansion("list")
        // It would be asked whether the document is fine, over the network.
        .validator_url("none");
    SwaggerUi::new(PAGE).url(DOCUMENT, document).config(config).into()
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
        let location = HeaderBuilder::new().schema(Some(path)).description(Some("Where it is.")).build();
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
            .description(Some("An event. The last one is `done`, or `error` if the answer breaks off."));
        let content = ContentBuilder::new()
            .schema(Some(Schema::OneOf(events.build())))
            .example(Some(EVENTS.into()))
            .build();
        let response = ResponseBuilder::new().description("The answer, as it comes.");
        operation.response(StatusCode::OK, response.content("text/event-stream", content).build());
    }
}

/// An event of a stream. Its data are text, which is JSON.
fn event<T: ToSchema>(operation: &mut OperationDraft, name: &str) -> Schema {
    // Added to the document, to which the text refers: OpenAPI 3.1 has no word for it.
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

/// An answer, as it comes.
const EVENTS: &str = "event: passage
data: {\"number\":1,\"chapter_id\":7,\"title\":\"How plants eat\",\"grade_level\":5,\"position\":0,\"text\":\"A plant makes its food from light.\",\"score\":0.61}

event: delta
data: {\"text\":\"A plant makes its food from light. [1]\"}

event: done
data: {\"model\":\"extractive (offline)\",\"characters\":38,\"usage\":null}

";
