//! Description of one operation of an OpenAPI document: the draft, and the traits of types that add to it.

mod credentials;
mod draft;
mod input;
mod output;
mod prose;
mod report;
mod responses;
mod schemas;
mod visit;

pub use self::{draft::OperationDraft, report::UndescribedPart};
pub(crate) use self::{
    draft::{RequiredNames, SharedComponents},
    prose::Prose,
    report::Report,
    schemas::{UnknownSchema, key, next_free},
};

/// Extractor with an OpenAPI description: the input that it requires, and its rejections.
///
/// The description of a custom extractor is composed of others:
///
/// ```
/// use axum::{extract::{FromRequest, rejection::JsonRejection}, http::StatusCode};
/// use inject_runtime::{Problem, openapi::{OperationDraft, OperationInput}};
/// use utoipa::ToSchema;
///
/// /// axum's `Json`, with our errors.
/// #[derive(FromRequest)]
/// #[from_request(via(axum::Json), rejection(ApiError))]
/// pub struct Json<T>(pub T);
///
/// impl<T: ToSchema> OperationInput for Json<T> {
///     fn operation_input(operation: &mut OperationDraft) {
///         operation.input_with_problems::<axum::Json<T>>();
///     }
/// }
///
/// #[derive(Debug, thiserror::Error, Problem)]
/// pub enum ApiError {
/// #[error("the body is not valid")]
///     #[problem(status = 400)]
///     Body(#[from] JsonRejection),
/// }
/// ```
pub trait OperationInput {
    /// Adds the description of the extractor to an operation.
    fn operation_input(operation: &mut OperationDraft);
}

/// Response type with an OpenAPI description.
///
/// Errors under [`#[derive(Problem)]`](derive@crate::Problem), and all types that declare their
/// [kinds](crate::ToProblem::kinds), implement it. The description of another response type is composed of
/// others, or of utoipa's types:
///
/// ```
/// use axum::{http::{StatusCode, header}, response::{IntoResponse, Response}};
/// use inject_runtime::openapi::{OperationDraft, OperationOutput};
/// use utoipa::{ToSchema, openapi::{ContentBuilder, HeaderBuilder, ResponseBuilder}};
///
/// /// Response with status 201 and the URL of the created resource.
/// pub struct Created<T> {
///     pub location: String,
///     pub value: T,
/// }
///
/// impl<T: serde::Serialize> IntoResponse for Created<T> {
///     fn into_response(self) -> Response {
///         (StatusCode::CREATED, [(header::LOCATION, self.location)], axum::Json(self.value)).into_response()
///     }
/// }
///
/// impl<T: ToSchema> OperationOutput for Created<T> {
///     fn operation_output(operation: &mut OperationDraft) {
///         let content = ContentBuilder::new().schema(Some(operation.schema::<T>())).build();
///     let location = HeaderBuilder::new().description(Some("URL of the created resource")).build();
///         let response = ResponseBuilder::new().content("application/json", content).header("Location", location);
///         operation.response(StatusCode::CREATED, response.build());
///     }
/// }
/// ```
pub trait OperationOutput {
    /// Adds the description of the response to an operation.
    fn operation_output(operation: &mut OperationDraft);
}
